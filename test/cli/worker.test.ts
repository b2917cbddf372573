import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Job } from '../../src/compute/backend.ts';
import { BullMqBackend } from '../../src/compute/bullmq/backend.ts';
import { run } from '../fixtures/baton.ts';
import { redisAvailable, TestRedis } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

requireOrSkip('Redis', redisAvailable())('baton worker', () => {
  it('runs the programs of its own configuration, and nothing else; told to end, it ends in good order', async () => {
    await using redis = await TestRedis.start();
    await using folder = await temporaryFolder();
    const file = await configured(folder.path, redis.url);
    const worker = spawn(process.execPath, [main, 'worker', '--config', file, '--store', folder.path]);
    await using stack = new AsyncDisposableStack();
    stack.defer(async () => void (await endedAt(worker, 'SIGKILL')));
    await using backend = new BullMqBackend({ url: redis.url, prefix: 'baton' });
    await backend.start();
    const { signal } = new AbortController();
    expect(await backend.run(job('1', 'say', ['/bin/echo', 'fixed', 'mine']), signal)).toMatchObject({
      exitCode: 0,
      log: 'fixed mine\n',
    });
    const refused: readonly (readonly [string, Job['command'], string])[] = [
      ['other', ['/bin/echo', 'fixed'], 'its baton.yaml names no such program'],
      ['say', ['/bin/sh', 'fixed'], 'it is /bin/echo here, and /bin/sh is asked for'],
      ['say', ['/bin/echo', 'another'], 'its fixed arguments are others here'],
    ];
    for (const [n, [name, command, why]] of refused.entries())
      await expect(backend.run(job(`refused ${n}`, name, command), signal)).rejects.toThrow(why);
    expect(await endedAt(worker, 'SIGTERM')).toBe(0);
  }, 90_000);

  it('says what is missing: a Redis in the configuration, and one that answers', async () => {
    await using folder = await temporaryFolder();
    const without = join(folder.path, 'without.yaml');
    await writeFile(without, '{}');
    expect((await run(process.execPath, [main, 'worker', '--config', without])).stderr).toContain(
      'name it in baton.yaml (compute.bullmq.url)',
    );
    const file = await configured(folder.path, 'redis://:secret@127.0.0.1:1');
    const { code, stderr } = await run(process.execPath, [main, 'worker', '--config', file, '--store', folder.path]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Redis at redis://…@127.0.0.1:1 cannot be used');
    expect(stderr).not.toContain('secret');
  }, 90_000);
});

async function configured(folder: string, url: string): Promise<string> {
  const file = join(folder, 'baton.yaml');
  const programs = { say: { path: '/bin/echo', fixed: ['fixed'] } };
  await writeFile(file, JSON.stringify({ programs, compute: { bullmq: { url } } }));
  return file;
}

async function endedAt(worker: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (worker.exitCode === null && worker.signalCode === null) {
    const exited = once(worker, 'exit');
    worker.kill(signal);
    await exited;
  }
  return worker.exitCode;
}

function job(key: string, program: string, command: Job['command']): Job {
  return {
    key,
    origin: { run: 'run', step: 1, program, priority: 6 },
    command,
    environment: {},
    message: '',
    input: '',
    resources: { cores: 1, memory: 0, gpus: 0 },
    limits: { seconds: 60, outputBytes: 1e6 },
  };
}
