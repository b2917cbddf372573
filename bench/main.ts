/**
 * `npm run bench [-- --json]`: what Baton reaches on this machine. Compare ratios within one run: machines differ, and
 * other work on them only ever slows. bench/README.md says how to read it.
 */
import { activeMQInstalled, startActiveMQ } from '../scripts/activemq-broker.ts';
import { startBrokerProcess } from '../test/fixtures/broker-process.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { analysisRate } from './analysis.ts';
import { idleServices } from './idle-services.ts';
import { announcementLatency } from './latency.ts';
import { passThrough } from './pass-through.ts';

const isJson = process.argv.includes('--json');
const messages = 5_000;
const rounds = 2;

function say(what: string, figures: object): void {
  if (!isJson) console.log(`${what.padEnd(26)} ${JSON.stringify(figures)}`);
}

/** With the heap of a production broker: with less it slows producers down before the measurement is over. */
async function startLargeActiveMQ(): Promise<{ readonly port: number } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const broker = await startActiveMQ({ folder: folder.path, port: 0, heap: '1g' });
  return {
    port: broker.port,
    [Symbol.asyncDispose]: async () => {
      await broker[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function onBroker<Figures extends object>(
  what: string,
  measure: (address: string, name: 'embedded' | 'activemq') => Promise<Figures>,
): Promise<Record<string, Figures>> {
  const brokers = [
    { name: 'embedded', start: startBrokerProcess },
    ...(activeMQInstalled() ? [{ name: 'activemq', start: startLargeActiveMQ } as const] : []),
  ] as const;
  const all: Record<string, Figures> = {};
  for (const { name, start } of brokers) {
    await using broker = await start();
    const figures = await measure(`stomp://127.0.0.1:${broker.port}`, name);
    say(`${what}, ${name}`, figures);
    all[name] = figures;
  }
  return all;
}

const report = {
  passThrough: await onBroker('pass-through', async (address) => passThrough(address, messages, rounds)),
  latency: await onBroker('latency, idle', async (address, name) =>
    announcementLatency(name === 'embedded' ? undefined : `${address}/latency`, 500),
  ),
  idleServices: await onBroker('idle services', async (address) => idleServices(address, 100, 10)),
  perImageAnalysis: [await analysisRate(1030, 1065, 60), await analysisRate(2463, 2527, 16)],
};
for (const figures of report.perImageAnalysis) say('per-image analysis', figures);
if (isJson) console.log(JSON.stringify(report));
