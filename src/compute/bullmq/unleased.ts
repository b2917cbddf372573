import type { Redis } from 'ioredis';
import { leaseKey } from './queue.ts';

const script = `
local lost = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if redis.call('EXISTS', ARGV[1] .. id .. ARGV[2]) == 0 then lost[#lost + 1] = id end
end
return lost`;

/** The jobs of a queue that run, as far as Redis knows, and whose lease nobody renews; one question, whether anybody waits for them or not. */
export async function unleased(redis: Redis, prefix: string, queue: string): Promise<readonly string[]> {
  const [before = '', after = ''] = leaseKey(prefix, queue, '\0').split('\0');
  return (await redis.eval(script, 1, `${prefix}:${queue}:active`, before, after)) as string[];
}
