/**
 * `npm run chaos -- --broker embedded|activemq --messages N --kills N [--pauses N] --seed N --json`: thousands of messages through a
 * whole Baton while its processes and its broker are killed at random; then everything is accounted for. Exit 1, with
 * the seed and the history of what is concerned, when anything is not as promised.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isClean, runChaos, type ChaosOptions } from './run.ts';

const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: 'embedded' },
    messages: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '20' },
    pauses: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
const report = await runChaos({ ...readOptions(), folder });
const { histories, ...figures } = report;
if (isClean(report)) rmSync(folder, { recursive: true, force: true });
else {
  for (const [run, lines] of Object.entries(histories)) console.error([`History of ${run}:`, ...lines].join('\n  '));
  console.error(`Something is wrong. Seed ${String(report.seed)}; stores, logs and chaos.log are in ${folder}.`);
  process.exitCode = 1;
}
if (values.json) console.log(JSON.stringify(figures));
else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(22)}${JSON.stringify(value)}`);

function readOptions(): Omit<ChaosOptions, 'folder'> {
  const { broker } = values;
  if (broker !== 'embedded' && broker !== 'activemq') throw new Error('--broker is embedded or activemq.');
  return { broker, messages: count('messages'), kills: count('kills'), pauses: count('pauses'), seed: count('seed') };
}

function count(name: 'messages' | 'kills' | 'pauses' | 'seed'): number {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number.`);
  return number;
}
