import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

it('ends when it is asked to in the middle of its rehearsal, and does not call that right', async () => {
  await using folder = await temporaryFolder();
  const ports = ['--stomp', String(await freePort()), '--http', String(await freePort())];
  const options = ['--once', '--frames', '600', '--rate', '1', '--store', folder.path, ...ports];
  const start = spawn(process.execPath, [main, 'start', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  const rehearses = Promise.withResolvers<void>();
  start.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString('utf8');
    if (told.includes('Rehearsing')) rehearses.resolve();
  });
  await rehearses.promise;
  start.kill('SIGINT');
  expect(await once(start, 'close')).toEqual([1, null]);
  expect(told).toContain('Ending before the result …');
});
