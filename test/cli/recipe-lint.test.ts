import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile, mkdir, symlink, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Finding } from '../../src/recipes/finding.ts';
import { run, startBaton, type Ended } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const checkout = resolve(import.meta.dirname, '../..');
const main = join(checkout, 'src/cli/main.ts');

async function lint(...args: readonly string[]): Promise<Ended> {
  return await run(process.execPath, [main, 'recipe', 'lint', ...args]);
}

interface Told {
  readonly files: readonly { readonly file: string; readonly findings: readonly Finding[] }[];
}

const wrong = `{
  "1": {
    "queue": "filewatcher",
    "parameters": { "list": "{$REPLACE:files}", "frames": "{frames}" },
    "output": { "every": 9 }
  },
  "start": [[1, []]]
}
`;

describe('baton recipe lint', () => {
  it('finds nothing in the recipes that ship, which are those of a site that names none', async () => {
    const ended = await lint('--json');
    expect(ended.json<Told>().files.map(({ findings }) => findings)).toEqual([[], []]);
    expect(ended.code).toBe(0);
  });

  it('shows each finding in its line, with what to do and the page that explains it, and exits 1 for an error', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'wrong.json');
    await writeFile(file, wrong);
    const { stdout, code } = await lint(file);
    expect(stdout).toBe(
      [
        `${file}:5:17  error  Step 1, "output", "every": links to step 9, which is missing.  [missing-step]`,
        '  4 |     "parameters": { "list": "{$REPLACE:files}", "frames": "{frames}" },',
        '> 5 |     "output": { "every": 9 }',
        '    |                 ^',
        '  6 |   },',
        '→ Correct the number, or add the step. docs/lint.md#missing-step',
        '',
        '1 recipe: 1 error, 0 warnings, 0 notes.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  it('looks at the files below a folder, with parameters, and tells programs as JSON', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'below'));
    await writeFile(join(folder.path, 'below', 'wrong.json'), wrong);
    await writeFile(join(folder.path, 'notes.txt'), 'no recipe');
    const announcement = join(folder.path, 'announcement');
    await writeFile(announcement, JSON.stringify({ parameters: { frames: 'many' } }));
    const ended = await lint(folder.path, '--announcement', announcement, '--set', 'files=[1]', '--json');
    expect(ended.json<Told>()).toEqual({
      files: [
        {
          file: join(folder.path, 'below', 'wrong.json'),
          findings: [
            {
              rule: 'bad-parameter',
              severity: 'error',
              line: 4,
              column: 49,
              message: 'Parameter frames of file-watch: expected a whole number, got "many".',
              hint: 'Correct the parameter; docs/services.md lists those of the services that ship.',
            },
            expect.objectContaining({ rule: 'missing-step', line: 5, column: 17 }),
          ],
        },
      ],
    });
  });

  it('exits 1 for a warning only when asked to, and 2 for a file that is not there', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'odd.json');
    await writeFile(file, '{"1": {"queue": "elsewhere"}, "start": [[1, []]]}');
    expect((await lint(file)).code).toBe(0);
    expect((await lint(file, '--strict')).code).toBe(1);
    const missing = await lint(join(folder.path, 'nothing.json'));
    expect(missing.stderr).toContain('nothing.json cannot be read');
    expect(missing.code).toBe(2);
  });

  it("knows the site's own services, the queues that it gives them, and which of them run", async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'baton.yaml');
    const module = join(checkout, 'examples/checksums/checksum.ts');
    await writeFile(config, `modules: [${module}]\nprocesses: {a: [checksum]}\nservices: {checksum: {queue: sums}}\n`);
    const file = join(folder.path, 'own.json');
    await writeFile(
      file,
      '{"1": {"queue": "sums", "parameters": {"algorithm": "crc"}}, "2": {"queue": "filewatcher"}, "start": [[1, 0], [2, 0]]}',
    );
    const [linted] = (await lint('--config', config, file, '--json')).json<Told>().files;
    expect(linted?.findings.map(({ rule }) => rule)).toEqual(['bad-parameter', 'unread-queue']);
  });

  it('reads each file once where links lead back, and passes over what is no file', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'below'));
    await mkdir(join(folder.path, 'folder.json'));
    await writeFile(join(folder.path, 'below/a.json'), wrong);
    for (const name of ['back', 'again']) await symlink('..', join(folder.path, 'below', name));
    await symlink('nowhere', join(folder.path, 'gone.json'));
    await using socket = createServer().listen(join(folder.path, 'socket.json'));
    await once(socket, 'listening');
    const { files } = (await lint(folder.path, '--json')).json<Told>();
    expect(files.map(({ file }) => file)).toEqual([join(folder.path, 'below/a.json')]);
  });

  it('reads standard input for -', () => {
    const ended = spawnSync(process.execPath, [main, 'recipe', 'lint', '-'], { input: wrong, encoding: 'utf8' });
    expect(ended.stdout).toMatch(/^-:5:17 {2}error {2}Step 1, "output", "every": links to step 9, which is missing/);
    expect(ended.status).toBe(1);
  });

  it('tells of a file that is larger than any recipe without reading it, and goes on', async () => {
    await using folder = await temporaryFolder();
    const files = ['large.json', 'small.json'].map((name) => join(folder.path, name));
    for (const file of files) await writeFile(file, wrong);
    await truncate(files[0] ?? '', 50_000_000_000);
    const told = (await lint(folder.path, '--json')).json<Told>();
    expect(told.files.map(({ findings }) => findings[0]?.rule)).toEqual(['too-large', 'missing-step']);
    expect(told.files[0]?.findings[0]?.message).toContain('has 50000000000 bytes; at most 1048576 are read.');
  });

  it('does not take a wrong path for recipes without a fault', async () => {
    await using folder = await temporaryFolder();
    const empty = await lint(folder.path);
    expect(empty.stderr).toContain(`There are no recipes (*.json) in ${folder.path}.`);
    expect(empty.code).toBe(2);
    const missing = await lint(join(folder.path, 'a.json'));
    expect(missing.stderr).toContain('a.json cannot be read: there is no such file.');
    expect(missing.code).toBe(2);
  });

  it('asks the status page with --live who runs now, and says when that does not answer', async () => {
    await using baton = await startBaton();
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'live.json');
    await writeFile(
      file,
      '{"1": {"queue": "filewatcher"}, "2": {"queue": "nobody", "service": "Nobody"}, "start": [[1, 0], [2, 0]]}',
    );
    const { files } = (await baton.baton('recipe', 'lint', file, '--live', '--json')).json<Told>();
    expect(files[0]?.findings.map(({ rule }) => rule)).toEqual(['unknown-queue', 'unknown-service']);
    expect((await lint(file, '--live', '--monitor', 'http://127.0.0.1:1')).code).toBe(3);
  });

  it('stands in the hooks for pre-commit, for the recipes of a repository', async () => {
    const hooks = parse(await readFile(join(checkout, '.pre-commit-hooks.yaml'), 'utf8')) as Record<string, string>[];
    for (const { entry = '', files = '' } of hooks) {
      const [, ...command] = /baton (\w+) (\w+)$/.exec(entry) ?? [];
      expect((await run(process.execPath, [main, ...command, '--help'])).code).toBe(0);
      expect('site/recipes/follow.json').toMatch(new RegExp(files));
      expect('package.json').not.toMatch(new RegExp(files));
    }
  });
});
