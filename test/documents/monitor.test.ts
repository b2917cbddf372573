import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announced, settled } from '../ledger/records.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openMonitor, type OpenMonitor } from '../monitor/open-monitor.ts';
import { recipeFolder } from '../monitor/recipe-folder.ts';
import { blocksIn } from './blocks.ts';
import { read } from './documents.ts';

/** What each command of the document prints, by something in it. */
const printed: readonly (readonly [command: RegExp, output: RegExp])[] = [
  [/state=failed/, /^\{"items":\[\{"id":"bad"/],
  [/etag/, /^\{"items":\[/],
  [/bearer.*api\/runs$/i, /^\{"items":\[\{"id":"[^]*\{"id":"run-1"/],
  [/cancel/, /^\{"run":"run-1","state":"ended","ended":"finished"\}$/],
  [/deliveries/, /^\{"items":\[\{"id":"run-1\/1\/1[^]*"outcome":"done"/],
  [/lint/, /^\{"findings":\[\{"rule":"no-start"/],
  [/logs/, /^\{"items":\[/],
  [/results/, /"matches":\[\{"at":"\$\['scan'\]\[1\]","value":\{"spots":41\}\}\]\}$/],
  [/files/, /^$/],
  [/events/, /^id: \S+\nevent: snapshot\ndata: \{/],
];

describe('docs/monitor.md', () => {
  const stack = new AsyncDisposableStack();
  const commands = blocksIn(read('docs/monitor.md')).filter(({ language }) => language === 'sh');
  let site: OpenMonitor;
  let folder: string;
  beforeAll(async () => {
    folder = stack.use(await temporaryFolder()).path;
    const data = stack.use(await temporaryFolder()).path;
    const recipes = stack.use(await recipeFolder()).site;
    site = stack.use(await openMonitor({ files: [data], recipes }));
    await writeFile(join(data, 'scan.csv'), '3,41');
    const result = { scan: [{ spots: 3 }, { spots: 41 }], file: join(data, 'scan.csv') };
    await site.record(announced('run-1'), settled('run-1', 1, 'done', { result }));
    await site.record(announced('bad', { beamline: 'i24' }), settled('bad', 1, 'dead'));
    const token = { name: 'script', role: 'operator', creator: 'test', expires: Date.now() + 3_600_000 } as const;
    await writeFile(join(folder, 'token'), site.access.tokens.create(token));
  });
  afterAll(() => stack.disposeAsync());

  it.each(commands)('shows what works, in line $line', async ({ text }) => {
    const here = `http://localhost:${String(site.monitor.port)}`;
    const command = text
      .trim()
      .replace(/http:\/\/localhost:8080|https:\/\/baton\.example\.org/, here)
      .replace('/ID', '/run-1')
      .replace('curl', text.includes('events') ? 'timeout 2 curl' : 'curl --fail');
    const run = promisify(execFile)('bash', ['-c', `${command.replace('curl', 'curl --silent')}`], { cwd: folder });
    // The stream of events has no end, and is cut.
    const { stdout } = await (text.includes('events')
      ? run.catch((error: unknown) => error as { stdout: string })
      : run);
    expect(stdout).toMatch(printed.find(([pattern]) => pattern.test(text.trim()))?.[1] ?? /never/);
    if (text.includes('files')) expect(await readFile(join(folder, 'scan.csv'), 'utf8')).toBe('3,41');
  });
});
