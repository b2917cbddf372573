import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, type Ended } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

async function recipe(...args: readonly string[]): Promise<Ended> {
  return await run(process.execPath, [main, 'recipe', ...args]);
}

describe('baton recipe', () => {
  it('shows a recipe of the site as it would run with parameters', async () => {
    const parameters = ['number_of_frames=4', 'file=/data/a.nxs', 'beamline=i99'].flatMap((each) => ['--set', each]);
    const { stdout, code } = await recipe('show', 'gridscan-nexus', ...parameters);
    expect(stdout).toContain('    "parameters": { "hdf5": "/data/a.nxs", "frames": "4" },\n');
    expect(stdout).toContain('    "join": { "count": "4", "order": "file-number", "timeout": 3600 },\n');
    expect(code).toBe(0);
    const shown = await recipe('show', 'gridscan-nexus', '--json');
    expect(shown.json()).toMatchObject({
      recipe: { '1': { parameters: { hdf5: '{file}' } } },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('says which recipe was probably meant', async () => {
    const { stderr, code } = await recipe('draw', 'gridscan-nexsu');
    expect(stderr).toContain('(did you mean "gridscan-nexus"?)');
    expect(code).toBe(2);
  });

  it('says what keeps a recipe from being run', async () => {
    const { stderr, code } = await recipe('show', 'gridscan-nexus', '--set', 'number_of_frames=none');
    expect(stderr).toContain('step 3, "join", "count": expected a whole number of at least 1, got "none"');
    expect(code).toBe(1);
  });

  it('draws a recipe in the terminal, and as SVG into a file', async () => {
    await using folder = await temporaryFolder();
    expect((await recipe('draw', 'gridscan-nexus')).stdout).toContain('   └─ every ─▶ 2 Per-image analysis');
    const out = join(folder.path, 'picture.svg');
    const drawn = await recipe('draw', 'gridscan-nexus', '--as', 'svg', '--out', out);
    expect(drawn.stdout).toBe(`gridscan-nexus is drawn in ${out}.\n`);
    expect(await readFile(out, 'utf8')).toContain('<title>gridscan-nexus</title>');
  });

  it('tells in what two recipes differ, and exits 1 when they do', async () => {
    await using folder = await temporaryFolder();
    const same = join(folder.path, 'same.json');
    const shipped = await readFile(resolve(import.meta.dirname, '../../recipes/gridscan-nexus.json'), 'utf8');
    await writeFile(same, JSON.stringify(JSON.parse(shipped)));
    expect(await recipe('diff', 'gridscan-nexus', same)).toMatchObject({
      stdout: 'The recipes mean the same.\n',
      code: 0,
    });
    const other = await recipe('diff', 'gridscan-nexus', 'gridscan-images');
    expect(other.stdout).toContain('~ step 1, "parameters", "hdf5": "{file}" → nothing\n');
    expect(other.code).toBe(1);
  });

  it('lays recipes out in place, or with --check only tells', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'a.json');
    await writeFile(file, '{"1":{"queue":"a"},"start":[[1,[]]]}');
    const checked = await recipe('format', '--check', folder.path);
    expect(checked).toMatchObject({ stdout: `${file}\n1 of 1 recipe would change.\n`, code: 1 });
    expect((await recipe('format', file)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('{\n  "1": {\n    "queue": "a"\n  },\n  "start": [[1, []]]\n}\n');
  });
});

it('baton recipe format lays out what comes over standard input', () => {
  const input = '{"1":{"queue":"a"},"start":[[1,[]]]}';
  const { stdout } = spawnSync(process.execPath, [main, 'recipe', 'format', '-'], { input, encoding: 'utf8' });
  expect(stdout).toBe('{\n  "1": {\n    "queue": "a"\n  },\n  "start": [[1, []]]\n}\n');
});

it('the recipes that ship, and those of the examples, have the one layout', async () => {
  const folders = ['recipes', 'examples/cookbook'].map((name) => resolve(import.meta.dirname, '../..', name));
  expect((await recipe('format', '--check', ...folders)).stdout).toMatch(/^0 of \d+ recipes would change\.\n$/);
});

describe('baton recipe explain', () => {
  const announcement = {
    parameters: { event: 'start', experiment_type: 'gridscan', file: '/data/a.nxs', number_of_frames: 4 },
  };

  it('tells which rules fire, and of the others why they do not', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'announcement.json');
    await writeFile(file, JSON.stringify(announcement));
    const { stdout, code } = await recipe('explain', file);
    expect(stdout).toBe(
      [
        '✓ grid scan, NeXus: runs gridscan-nexus',
        '– grid scan, images',
        '    file_pattern is missing, expected {"type":"string"}',
        '– end of a collection',
        '    event is "start", expected "end"',
        'It would run gridscan-nexus.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('tells once why no rule fires', () => {
    const input = JSON.stringify({ parameters: { event: 'end', experiment_type: 'x', event_type: 1 } });
    const args = [main, 'recipe', 'explain', '-'];
    const none = spawnSync(process.execPath, args, { input: input.replace('end', 'pause'), encoding: 'utf8' });
    expect(none.stdout).toMatch(/\nIt would be refused: No rule applies to this announcement\.\n→ /);
    expect(none.stdout.match(/event is "pause", expected "end"/g)).toHaveLength(1);
    expect(none.status).toBe(1);
    const cut = spawnSync(process.execPath, args, { input: input.slice(0, -1), encoding: 'utf8' });
    expect(cut.stderr).toContain('The announcement on standard input, line 1, column');
    expect(cut.stderr).toContain('the { in line 1, column 1 is never closed');
    expect(cut.status).toBe(2);
  });

  it('tells why an announcement would be refused, and exits 1', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'announcement.json');
    await writeFile(file, JSON.stringify({ ...announcement, recipes: ['nothing'] }));
    const ended = await recipe('explain', file, '--json');
    expect(ended.json()).toMatchObject({
      fired: [],
      refused: { message: expect.stringContaining('nothing'), next: expect.any(String) },
    });
    expect(ended.code).toBe(1);
  });
});
