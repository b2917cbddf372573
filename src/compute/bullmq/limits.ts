import type { Redis } from 'ioredis';
import type { Job } from '../backend.ts';

/** How many jobs of one kind run at the same time at most, over all hosts. */
export interface JobLimit {
  /** Of which kind: `program xia2`. */
  readonly name: string;
  readonly most: number;
}

/** A job that waits for a limit, in its queue. */
export interface Parked {
  readonly queue: string;
  readonly id: string;
}

/** The limits of a job. */
export function limitsOf({ origin: { program, beamline }, atOnce }: Job, perBeamline?: number): readonly JobLimit[] {
  return [
    ...(atOnce === undefined ? [] : [{ name: `program ${program}`, most: atOnce }]),
    ...(beamline === undefined || perBeamline === undefined
      ? []
      : [{ name: `beamline ${beamline}`, most: perBeamline }]),
  ];
}

/** Why a job waits that has come to a limit. */
export function whyLimited(name: string, limits: readonly JobLimit[]): string {
  const { most = 0 } = limits.find((limit) => limit.name === name) ?? {};
  const [kind, ...of] = name.split(' ');
  return kind === 'program'
    ? `As many of ${of.join(' ')} run on all hosts as may (${most}, its atOnce).`
    : `As many programs of ${of.join(' ')} run on all hosts as may (${most}, compute.bullmq.perBeamline).`;
}

/**
 * Who runs under a limit is who stands in its set and has a lease: BullMQ's own lock, which the worker renews, and Redis'
 * clock ends. Those that wait for it stand in the order of their urgency; what is gone meanwhile is passed over.
 */
const common = `
local prefix = KEYS[1]
local function running(name, except)
  local count, key = 0, prefix .. ':limit:' .. name
  for _, one in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('EXISTS', prefix .. ':' .. one .. ':lock') == 0 then redis.call('SREM', key, one)
    elseif one ~= except then count = count + 1 end
  end
  return count
end
local function first(name, most, isOne)
  local found, from, key = {}, 0, prefix .. ':parked:' .. name
  while #found < most do
    local some = redis.call('ZRANGE', key, from, from + 99)
    if #some == 0 then return found end
    for _, one in ipairs(some) do
      if redis.call('EXISTS', prefix .. ':' .. one) == 0 then redis.call('ZREM', key, one)
      else
        from = from + 1
        if #found < most and isOne(one, key) then found[#found + 1] = one end
      end
    end
  end
  return found
end
`;

/** Takes a place under all limits of a job, or has it wait for one that is reached: then its name is returned. */
const take = `${common}
local queue, id, order = ARGV[1], ARGV[2], tonumber(ARGV[3])
local mine = queue .. ':' .. id
for i = 4, #ARGV, 2 do
  local name, most = ARGV[i], tonumber(ARGV[i + 1])
  local function isBefore(one, key)
    return one ~= mine and string.sub(one, 1, #queue + 1) == queue .. ':' and tonumber(redis.call('ZSCORE', key, one)) < order
  end
  local free = most - running(name, mine)
  if free <= 0 or #first(name, free, isBefore) >= free then
    redis.call('ZADD', prefix .. ':parked:' .. name, order, mine)
    redis.call('HSET', prefix .. ':limits', name, most)
    return name
  end
end
for i = 4, #ARGV, 2 do
  redis.call('SADD', prefix .. ':limit:' .. ARGV[i], mine)
  redis.call('ZREM', prefix .. ':parked:' .. ARGV[i], mine)
end
return false`;

/** Gives the places of a job back, and tells who may go on: of those limits, or of all where none is named. */
const next = `${common}
local mine, names, due = ARGV[1], {}, {}
for i = 2, #ARGV do
  names[#names + 1] = ARGV[i]
  redis.call('SREM', prefix .. ':limit:' .. ARGV[i], mine)
end
if #names == 0 then names = redis.call('HKEYS', prefix .. ':limits') end
for _, name in ipairs(names) do
  local most = tonumber(redis.call('HGET', prefix .. ':limits', name) or 0)
  local free = most - running(name)
  local function any() return true end
  for _, one in ipairs(first(name, free, any)) do due[#due + 1] = one end
  if redis.call('EXISTS', prefix .. ':parked:' .. name) == 0 then redis.call('HDEL', prefix .. ':limits', name) end
end
return due`;

/** Limits that hold over all workers of a Redis. */
export class SharedLimits {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Undefined where it may run; else the limit that it waits for. It has to have its lease. `order`: less is more urgent. */
  async take({ queue, id }: Parked, order: number, limits: readonly JobLimit[]): Promise<string | undefined> {
    const pairs = limits.flatMap(({ name, most }) => [name, most]);
    const reached = await this.#redis.eval(take, 1, this.#prefix, queue, id, order, ...pairs);
    return typeof reached === 'string' ? reached : undefined;
  }

  /** Those that may be tried again, now that this one has ended. */
  async give({ queue, id }: Parked, limits: readonly JobLimit[]): Promise<readonly Parked[]> {
    return await this.#next(`${queue}:${id}`, ...limits.map(({ name }) => name));
  }

  /** Those that may be tried again, whoever has ended. */
  async due(): Promise<readonly Parked[]> {
    return await this.#next('');
  }

  async #next(...told: readonly string[]): Promise<readonly Parked[]> {
    const due = (await this.#redis.eval(next, 1, this.#prefix, ...told)) as readonly string[];
    return due.map((one) => ({ queue: one.slice(0, one.lastIndexOf(':')), id: one.slice(one.lastIndexOf(':') + 1) }));
  }
}
