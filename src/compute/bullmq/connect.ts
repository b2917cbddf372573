import type { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import { noRedis } from '../errors.ts';
import { loadBullMq, type QueueSettings } from './queue.ts';

/** Milliseconds that Redis has to answer at first; later it is waited for. */
const patience = 5_000;

/** A connection that comes back by itself. Throws `compute.no-redis` where there is none at first. */
export async function connected({ url }: Pick<QueueSettings, 'url'>): Promise<Redis> {
  const { Redis } = await loadBullMq();
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(times * 100, 2_000) });
  let reason = 'it does not answer';
  const note = (error: Error): void => void (reason = messageOf(error) || reason);
  redis.on('error', note);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(reason)), patience);
  try {
    await Promise.race([redis.ping(), late.promise]);
    return redis;
  } catch (cause) {
    redis.disconnect();
    const told = reason === 'it does not answer' ? messageOf(cause) : reason;
    throw noRedis({ url: withoutPassword(url), reason: told }, { cause });
  } finally {
    clearTimeout(timer);
    redis.off('error', note);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}
