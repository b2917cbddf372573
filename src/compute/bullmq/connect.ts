import type { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import { noRedis } from '../errors.ts';
import { loadBullMq, type QueueSettings } from './queue.ts';

/** Milliseconds that Redis has to answer. */
const patience = 5_000;

type Place = Pick<QueueSettings, 'url'>;

/** A connection that is there in its time, and comes back by itself: what is asked before waits. */
export async function connecting({ url }: Place): Promise<Redis> {
  const { Redis } = await loadBullMq();
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(times * 100, 2_000) });
  // Each try that fails is told of; whoever asks waits.
  redis.on('error', () => undefined);
  return redis;
}

/** The same, and it answers. Throws `compute.no-redis`. */
export async function connected(place: Place): Promise<Redis> {
  const redis = await connecting(place);
  try {
    await answers(redis, place);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Resolves when it answers. Throws `compute.no-redis` when it does not within some seconds. */
export async function answers(redis: Redis, { url }: Place): Promise<void> {
  let reason = 'it does not answer';
  const note = (error: Error): void => void (reason = messageOf(error) || reason);
  redis.on('error', note);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(reason)), patience);
  const asked = redis.ping();
  asked.catch(() => undefined);
  try {
    await Promise.race([asked, late.promise]);
  } catch (cause) {
    throw noRedis({ url: withoutPassword(url), reason: messageOf(cause) }, { cause });
  } finally {
    clearTimeout(timer);
    redis.off('error', note);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}
