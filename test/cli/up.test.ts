import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

it('ends when it is asked to, also while it still waits for its broker', async () => {
  await using folder = await temporaryFolder();
  const broker = `stomp://127.0.0.1:${await freePort()}`;
  const http = String(await freePort());
  const options = ['--broker', broker, '--store', folder.path, '--http', http];
  const up = spawn(process.execPath, [main, 'up', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const waits = Promise.withResolvers<number>();
  up.stderr.on('data', (chunk: Buffer) => {
    const [, pid] = /"pid":(\d+).*No connection to/.exec(chunk.toString()) ?? [];
    if (pid !== undefined) waits.resolve(Number(pid));
  });
  const part = await waits.promise;
  up.kill('SIGTERM');
  expect(await once(up, 'close')).toEqual([0, null]);
  expect(() => process.kill(part, 0)).toThrow('ESRCH');
});
