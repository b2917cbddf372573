import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isObject } from '../src/core/json.ts';
import { Announcer } from '../src/rehearsal/announcer.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { freePort } from '../test/fixtures/free-port.ts';

/** Milliseconds from an announcement to the start of its run's first step. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

const main = resolve(import.meta.dirname, '../src/cli/main.ts');
const clock = resolve(import.meta.dirname, 'clock-service.ts');

/** Announces to an idle Baton, whole and in processes of its own, one at a time. `broker` as for `baton up`; its own when absent. */
export async function announcementLatency(broker: string | undefined, announcements: number): Promise<Latency> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const stomp = await freePort();
  const url = broker ?? `stomp://127.0.0.1:${stomp}`;
  await mkdir(join(folder, 'recipes'));
  await writeFile(
    join(folder, 'recipes/clock.json'),
    JSON.stringify({ 1: { queue: 'bench.clock' }, start: [[1, []]] }),
  );
  const config = {
    log: 'silent',
    recipes: 'recipes',
    store: 'store',
    modules: [clock],
    processes: { clock: ['clock'] },
  };
  await writeFile(join(folder, 'baton.yaml'), JSON.stringify(config));
  const options = [
    '--config',
    join(folder, 'baton.yaml'),
    '--stomp',
    String(stomp),
    '--http',
    String(await freePort()),
  ];
  const up = spawn(process.execPath, [
    main,
    'up',
    '--json',
    ...options,
    ...(broker === undefined ? [] : ['--broker', broker]),
  ]);
  up.stderr.resume();
  try {
    for await (const chunk of up.stdout) if ((chunk as Buffer).includes('"ready"')) break;
    await using client = new Client({ address: parseBrokerAddress(url), name: 'bench' });
    await client.start();
    const announcer = new Announcer(client);
    await announcer.start();
    await measure(announcer, Math.ceil(announcements / 10));
    return percentiles(await measure(announcer, announcements));
  } finally {
    up.kill('SIGTERM');
    await once(up, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(announcer: Announcer, announcements: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < announcements; count += 1) {
    const sent = now();
    const message = { recipes: ['clock'], parameters: { guid: randomUUID() } };
    for await (const { result } of announcer.announce('processing_recipe', message, {
      signal: AbortSignal.timeout(30_000),
    }))
      if (isObject(result)) times.push(Number(result['started']) - sent);
  }
  return times;
}

/** Milliseconds since 1970, with fractions: the same clock in every process of the host. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function percentiles(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99) };
}
