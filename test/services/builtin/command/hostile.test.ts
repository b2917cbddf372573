import { afterAll, beforeAll, describe } from 'vitest';
import { redisAvailable, TestRedis } from '../../../fixtures/redis.ts';
import { requireOrSkip } from '../../../fixtures/require-or-skip.ts';
import { exerciseHostile } from './hostile.ts';
import { ProgramSite } from './programs.ts';

describe('on this host', () => {
  exerciseHostile('local', async (script, program) => await ProgramSite.start(script, program));
});

requireOrSkip('Redis', redisAvailable())('on hosts with a worker', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  exerciseHostile('bullmq', async (script, program) => await ProgramSite.start(script, program, redis.url));
});
