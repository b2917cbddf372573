import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../fixtures/baton.ts';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const fanOut = resolve(import.meta.dirname, '../../examples/cookbook/fan-out.json');
/** Any text that no YAML begins with. */
const notYaml = resolve(import.meta.dirname, '../../README.md');

interface Told {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}

it.concurrent.each([
  [['anounce'], 'cli.usage', 'Did you mean announce?'],
  [['run'], 'cli.usage', "Missing required argument 'id'"],
  [['run', ''], 'cli.usage', 'Expected the id of a run'],
  [['cancel', ''], 'cli.usage', 'Expected the id of a run'],
  [['runs', '--state', 'lost'], 'cli.usage', 'Allowed choices are running, finished, failed, cancelled'],
  [['dlq', 'reinject', '/nowhere/letter.json'], 'cli.usage', 'There is no file /nowhere/letter.json'],
  [['recipe', 'draw', 'gridscan-nexus', '--out', '/nowhere/x.svg'], 'cli.usage', '/nowhere/x.svg cannot be written'],
  [['recipe', 'schema', '--out', '/nowhere/x.json'], 'cli.usage', '/nowhere/x.json cannot be written'],
  [['recipe', 'test', notYaml], 'cli.usage', `${notYaml} cannot be read`],
  [['recipe', 'try', fanOut, '--outputs', notYaml], 'cli.usage', `${notYaml} cannot be read`],
  [['drain', 'work', 'out of order'], 'cli.usage', 'expected the name of one queue'],
  [['drain', 'work.*', 'out'], 'cli.usage', 'expected the name of one queue'],
  [['drain', 'queue/work', 'out'], 'cli.usage', 'without a slash'],
  [['drain', '/topic/work', 'out'], 'cli.usage', 'without a slash'],
  [['dlq', 'reinject', 'work', '--step', 'two'], 'cli.usage', 'Expected the number of a step'],
  [['dlq', 'show', 'DLQ.>'], 'cli.usage', 'expected the name of one queue'],
  [['dlq', 'purge', '', '--to', '/nowhere'], 'cli.usage', 'expected the name of one queue'],
  [['dlq', 'ls', 'wo rk'], 'cli.usage', 'expected the name of one queue'],
  [['announce', '--broker', 'http://host'], 'stomp.address', 'expected the scheme stomp://'],
  [['announce', '--priority', '77'], 'cli.usage', 'Expected a whole number from 0 to 9'],
  [['announce', '--timeout', '1e9'], 'cli.usage', 'Expected seconds, above 0 and at most'],
  [['service', 'file-wach'], 'cli.unknown-service', 'did you mean "file-watch"?'],
])('a mistake in the command line is told in a sentence and as JSON, exit 2: %j', async (args, code, says) => {
  const ended = await run(process.execPath, [main, ...args, '--json']);
  const { error } = ended.json<Told>();
  expect(error.code).toBe(code);
  expect(error.message).toContain(says);
  expect(error.next).not.toBe('');
  expect(ended.stderr).toContain(error.next);
  expect(ended.code).toBe(2);
});

it('a store in a file system that makes no folders is refused, and nothing hangs', async () => {
  const ports = ['--stomp', String(await freePort()), '--http', String(await freePort())];
  const { code, stderr } = await run(process.execPath, [main, 'up', '--store', '/proc/baton/store', ...ports]);
  expect(stderr).toContain("The store's folder /proc/baton/store");
  expect(code).toBe(1);
});

it.each(['start', 'doctor'])('%s says of a store that cannot be one what to do about it', async (command) => {
  await using folder = await temporaryFolder();
  const store = join(folder.path, 'store');
  await writeFile(store, 'a file');
  const ports = ['--stomp', String(await freePort()), '--http', String(await freePort())];
  const { code, stdout, stderr } = await run(process.execPath, [main, command, '--store', store, ...ports]);
  expect(stdout + stderr).toContain(`The store's folder ${store}`);
  expect(stdout + stderr).toContain('name another store with --store');
  expect(code).toBe(1);
});
