import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import type { Place } from '../backend.ts';

/** Milliseconds between two times that a worker tells of itself; after so many it is not counted any more. */
export const telling = 2_000;
const forgotten = 10_000;

/** Redis' own clock tells who is late: those of hosts may differ. */
const tell = `redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({at = tonumber(redis.call('TIME')[1]) * 1000, told = ARGV[2]}))`;
const list = `return {redis.call('TIME')[1], redis.call('HVALS', KEYS[1])}`;

/** Tells of this worker. */
export async function tellOfWorker(redis: Redis, prefix: string, view: Omit<Place, 'name'>): Promise<void> {
  const name = `${hostname()}.${process.pid}`;
  await redis.eval(tell, 1, workersKey(prefix), name, JSON.stringify({ name, ...view }));
}

export async function forgetWorker(redis: Redis, prefix: string): Promise<void> {
  await redis.hdel(workersKey(prefix), `${hostname()}.${process.pid}`);
}

/** The workers that have told of themselves lately. */
export async function workersIn(redis: Redis, prefix: string): Promise<readonly Place[]> {
  const [seconds, values] = (await redis.eval(list, 1, workersKey(prefix))) as [string, string[]];
  return values.flatMap((value) => {
    const { at, told } = JSON.parse(value) as { readonly at: number; readonly told: string };
    return at + forgotten < Number(seconds) * 1000 ? [] : [JSON.parse(told) as Place];
  });
}

function workersKey(prefix: string): string {
  return `${prefix}:workers`;
}
