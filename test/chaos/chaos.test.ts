import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activemqAvailable } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

const main = resolve(import.meta.dirname, '../../chaos/main.ts');
/** Another pattern of harm each time; what fails tells its seed, for `npm run chaos -- --seed N`. */
const seed = String(Date.now() % 1_000_000);
const clean = { lost: 0, duplicated: 0, innocentDeadLettered: 0, unbalanced: 0, repliesMissing: 0, repliesDoubled: 0 };

async function chaos(broker: string, signal: AbortSignal): Promise<{ code: unknown; told: string; report: unknown }> {
  const options = ['--broker', broker, '--messages', '240', '--kills', '6', '--seed', seed, '--json'];
  const child = spawn(process.execPath, [main, ...options], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let [told, report] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (report += text.toString('utf8')));
  child.stderr.on('data', (text: Buffer) => (told += text.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, told, report: JSON.parse(report || 'null') };
}

describe('a Baton that all kinds of harm come to', () => {
  it('loses nothing and does nothing twice', { timeout: 300_000, retry: 0 }, async ({ signal }) => {
    const { code, told, report } = await chaos('embedded', signal);
    expect({ code, report }, told).toMatchObject({ code: 0, report: { ...clean, kills: 6 } });
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('a Baton on ActiveMQ that all kinds of harm come to', () => {
  it('loses nothing and does nothing twice', { timeout: 300_000, retry: 0 }, async ({ signal }) => {
    const { code, told, report } = await chaos('activemq', signal);
    expect({ code, report }, told).toMatchObject({ code: 0, report: { ...clean, kills: 6 } });
  });
});
