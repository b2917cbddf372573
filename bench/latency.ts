import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { isObject } from '../src/core/json.ts';
import { Announcer } from '../src/rehearsal/announcer.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { startBatonOn, type BrokerName } from './brokers.ts';
import { passBeside } from './pass-beside.ts';
import { percentiles, type Percentiles } from './percentiles.ts';

/** Milliseconds from an announcement to the start of its run's first step. */
export interface Latency {
  readonly idle: Percentiles;
  /** While so many steps per second of another run pass through the same Baton and broker. */
  readonly halfLoad: Percentiles & { readonly stepsPerSecond: number };
}

/** A Baton with one service, which tells when its handler started. */
const config = {
  log: 'silent',
  recipes: resolve(import.meta.dirname, 'recipes'),
  modules: [resolve(import.meta.dirname, 'clock-service.ts')],
  processes: { clock: ['clock'] },
};

/** Announces to a Baton in processes of its own, one at a time: first when it has nothing else to do, then beside half of the load that it can bear. */
export async function announcementLatency(
  broker: BrokerName,
  announcements: number,
  fullLoad: number,
): Promise<Latency> {
  await using baton = await startBatonOn(broker, config);
  await using client = new Client({ address: parseBrokerAddress(baton.brokerUrl), name: 'bench' });
  await client.start();
  const announcer = new Announcer(client);
  await announcer.start();
  // Until the code that it runs is compiled.
  await measure(announcer, Math.ceil(announcements / 5));
  const idle = percentiles(await measure(announcer, announcements));
  const stepsPerSecond = Math.round(fullLoad / 2);
  await using _load = await passBeside(baton.brokerUrl, stepsPerSecond);
  await measure(announcer, Math.ceil(announcements / 5));
  return { idle, halfLoad: { stepsPerSecond, ...percentiles(await measure(announcer, announcements)) } };
}

async function measure(announcer: Announcer, announcements: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < announcements; count += 1) {
    const sent = now();
    const message = { recipes: ['clock'], parameters: { guid: randomUUID() } };
    const answers = announcer.announce('processing_recipe', message, { signal: AbortSignal.timeout(30_000) });
    for await (const { result } of answers) if (isObject(result)) times.push(Number(result['started']) - sent);
  }
  return times;
}

/** Milliseconds since 1970, with fractions: the same clock in every process of the host. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
