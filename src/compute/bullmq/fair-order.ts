import type { Redis } from 'ioredis';
import type { JobOrigin } from '../backend.ts';

/** Places in the order of one urgency. BullMQ has 2^21 priorities, for ten urgencies of messages. */
const places = 2 ** 17;

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996), all jobs being equal: a job's place is that of the one before it of
 * its run, and one more, but no less than that of whoever begins next. BullMQ's own set of what waits tells who that is.
 * Of each run it is kept how far it has come (`shares`), as long as that is further than who begins next. With nobody
 * waiting all begins anew; but what was placed a moment ago may not have arrived. 0 for a job that is there already.
 */
const script = `
local queue, span, places = KEYS[1], 4294967296, tonumber(ARGV[1])
local nexts, found = {}, {}
local function nextOf(class, shares)
  local from, to = string.format('%.0f', class * places * span), string.format('(%.0f', (class + 1) * places * span)
  local head = redis.call('ZRANGEBYSCORE', queue .. 'prioritized', from, to, 'WITHSCORES', 'LIMIT', 0, 1)
  if head[2] then
    local place = math.floor(tonumber(head[2]) / span) - class * places - 1
    redis.call('ZREMRANGEBYSCORE', shares, '-inf', place)
    return place
  end
  local furthest = tonumber(redis.call('ZREVRANGE', shares, 0, 0, 'WITHSCORES')[2] or 0)
  if redis.call('EXISTS', shares .. ':recent') == 1 and furthest < places / 2 then return furthest end
  redis.call('DEL', shares)
  return 0
end
for i = 2, #ARGV, 3 do
  local id, run, class = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  if redis.call('EXISTS', queue .. id) == 1 then found[#found + 1] = 0
  else
    local shares = queue .. 'shares:' .. class
    if not nexts[class] then nexts[class] = nextOf(class, shares) end
    local share = tonumber(redis.call('ZSCORE', shares, run) or 0)
    local place = math.min(math.max(nexts[class], share), places - 2)
    redis.call('ZADD', shares, place + 1, run)
    redis.call('SET', shares .. ':recent', 1, 'PX', 1000)
    found[#found + 1] = class * places + place + 1
  end
end
return found`;

interface Asked {
  readonly id: string;
  readonly origin: JobOrigin;
  readonly resolve: (place: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Jobs that are placed in one question. */
const atOnce = 200;

/**
 * The order of the jobs in one queue of Redis: live work before reprocessing; of equals, in turn between the runs. So a run
 * with thousands does not hold up one that has a single one.
 */
export class FairOrder {
  readonly #redis: Redis;
  readonly #queue: string;
  #asked: Asked[] = [];

  constructor(redis: Redis, prefix: string, queue: string) {
    this.#redis = redis;
    this.#queue = `${prefix}:${queue}:`;
  }

  /** The priority for BullMQ, 1 being the most urgent; undefined for a job that is there. Those asked for in one turn are asked for together. */
  async placeOf(id: string, origin: JobOrigin): Promise<number | undefined> {
    const place = await new Promise<number>((resolve, reject) => {
      if (this.#asked.push({ id, origin, resolve, reject }) === 1) setImmediate(() => this.#askAll());
    });
    return place === 0 ? undefined : place;
  }

  #askAll(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let from = 0; from < asked.length; from += atOnce) void this.#ask(asked.slice(from, from + atOnce));
  }

  async #ask(asked: readonly Asked[]): Promise<void> {
    // Live work, 6, is the third class, and reprocessing, 2, the seventh.
    const wishes = asked.flatMap(({ id, origin }) => [id, origin.run, 9 - origin.priority]);
    try {
      const found = (await this.#redis.eval(script, 1, this.#queue, places, ...wishes)) as number[];
      for (const [index, { resolve }] of asked.entries()) resolve(found[index] ?? 0);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
