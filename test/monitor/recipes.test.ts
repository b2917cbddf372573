import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../src/services/record.ts';
import { textHash } from '../../src/recipes/hash.ts';
import type { RecipeTrial, RecipeView } from '../../src/monitor/api.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';
import { recipeFolder, watching } from './recipe-folder.ts';

const page = { 'baton-request': 'test' };
const withError = (code: string): unknown => ({ error: expect.objectContaining({ code }) });
const changed = watching.replace('Watches the images', 'Watches all the images');

describe('/api/recipes', () => {
  it('lists recipes with what they are for, who does the work, what runs them and what is wrong with them', async () => {
    await using folder = await recipeFolder({ watching, 'deep/other': '{ "1": { "queue": "nowhere" } }' });
    await using site = await openMonitor({ recipes: folder.site });
    await site.record(announced('one', made('watching')), settled('one', 1, 'dead'));
    const { json } = await site.get('/api/recipes');
    expect(json).toEqual({
      items: [
        {
          ...{ name: 'deep/other', steps: 1, bytes: 31, rules: [], changed: expect.any(Number) },
          services: [{ name: 'nowhere', queue: 'nowhere', heard: false }],
          findings: { error: 1, warning: 1, info: 0 },
        },
        {
          ...{ name: 'watching', description: 'Watches the images of a scan', steps: 2, bytes: watching.length },
          changed: expect.any(Number),
          rules: [{ rule: 'scans', description: 'Every scan with images.', line: 2 }],
          services: [
            { name: 'file-watch', queue: 'filewatcher', heard: false },
            { name: 'record-result', queue: 'record_result', heard: false },
          ],
          runs: { runs: 1, failed: 1, latest: expect.any(Number), run: 'one' },
          findings: { error: 0, warning: expect.any(Number), info: expect.any(Number) },
        },
      ],
    });
    expect(await site.get('/api/recipes?text=RECORD+scan')).toMatchObject({ json: { items: [{ name: 'watching' }] } });
    expect(await site.get('/api/recipes?text=nothing')).toMatchObject({ json: { items: [] } });
  });

  it('says that a service is heard of as soon as it is', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    await using listening = await site.listen();
    await site.beat({ host: 'a.1', service: 'File watcher', serviceclass: 'file-watch', status: 2 });
    await listening.next('service');
    const { json } = await site.get('/api/recipes/watching');
    expect((json as RecipeView).services.map(({ name, heard }) => [name, heard])).toEqual([
      ['file-watch', true],
      ['record-result', false],
    ]);
  });

  it('gives a recipe whole, with who announces it; and what is changed on disk counts at once', async () => {
    const announcing = `{ "1": { "queue": "processing_recipe" }, "start": [[1, { "recipes": ["watching"] }]] }`;
    await using folder = await recipeFolder({ watching, announcing });
    await using site = await openMonitor({ recipes: folder.site });
    expect((await site.get('/api/recipes/watching')).json).toMatchObject({
      ...{ text: watching, hash: textHash(watching), announcedBy: ['announcing'] },
      recipe: { '2': { service: 'Result recorder' } },
      saving: { possible: true, needs: 'admin' },
    });
    await writeFile(join(folder.path, 'watching.json'), changed);
    expect((await site.get('/api/recipes/watching')).json).toMatchObject({ text: changed, hash: textHash(changed) });
  });

  it('lints a text with line and column, as the command line does', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const wrong = watching.replace('"filewatcher"', '"filewathcer"').replace('"every": 2', '"every": 3');
    const { json } = await lint(site, wrong);
    expect(json).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ rule: 'unknown-queue', line: 4, column: expect.any(Number) }),
        expect.objectContaining({ severity: 'error', line: 6 }),
      ]),
      recipe: { '1': { queue: 'filewathcer' } },
    });
    expect((await lint(site, '{ "1": ')).json).toMatchObject({ findings: [{ rule: 'syntax', line: 1 }], more: 0 });
  });

  it('lints what no person writes, within bounds', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const twice = `{${'"1":{"queue":"q"},'.repeat(40_000)}"start":[[1,[]]]}`;
    const { json } = await lint(site, twice);
    expect(json).toMatchObject({ more: expect.any(Number), findings: expect.any(Array) });
    expect((json as { findings: unknown[] }).findings.length).toBe(500);
    for (const text of ['', '\0', '['.repeat(100_000), 'x'.repeat(1_500_000), '"\ud800"', '{"__proto__":{"start":1}}'])
      expect((await lint(site, text)).text).toMatch(/^\{"findings":\[\{"rule":/);
  });
});

describe('PUT /api/recipes/NAME', () => {
  it('saves, and keeps what was: both are versions, with who and why, and the audit says so', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    await chmod(join(folder.path, 'watching.json'), 0o664);
    const preview = await site.send('POST', '/api/recipes/watching/preview', { text: changed }, page);
    expect(preview.json).toMatchObject({
      ...{ hash: textHash(watching), isSame: false, rules: [{ rule: 'scans' }] },
      changes: [{ kind: 'changed', where: 'step 1, "comment"' }],
    });
    const saved = await save(site, 'watching', changed, textHash(watching));
    expect(saved).toMatchObject({ status: 200, json: { name: 'watching', hash: textHash(changed), isNew: false } });
    expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toBe(changed);
    expect((await stat(join(folder.path, 'watching.json'))).mode & 0o777).toBe(0o664);
    expect((await site.get('/api/recipes/watching/versions')).json).toMatchObject({
      items: [
        { hash: textHash(changed), isCurrent: true, who: 'localhost', reason: 'a test' },
        { hash: textHash(watching), isCurrent: false },
      ],
    });
    expect((await site.get(`/api/recipes/watching/versions/${textHash(watching)}`)).json).toMatchObject({
      text: watching,
    });
    expect((await site.get('/api/audit')).json).toMatchObject({
      items: [{ action: 'save recipe', subject: 'watching', reason: 'a test', outcome: /^replaced, now / }],
    });
  });

  it('makes a recipe that there was not, in a folder too, and never over one that there is', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    expect(await save(site, 'deep/new', watching)).toMatchObject({ status: 200, json: { isNew: true } });
    expect(await readFile(join(folder.path, 'deep/new.json'), 'utf8')).toBe(watching);
    expect(await save(site, 'deep/new', changed)).toMatchObject({ status: 412 });
    expect(await readFile(join(folder.path, 'deep/new.json'), 'utf8')).toBe(watching);
    expect(await readdir(join(folder.path, 'deep'))).toEqual(['new.json']);
  });

  it('is refused when the file has changed meanwhile, and of two at once one is', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const answers = await Promise.all(
      [changed, `${changed}\n`].map((text) => save(site, 'watching', text, textHash(watching))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(answers.find(({ status }) => status === 412)?.json).toEqual(withError('monitor.recipe-changed'));
    await writeFile(join(folder.path, 'watching.json'), watching);
    expect((await save(site, 'watching', changed, textHash(changed))).status).toBe(412);
  });

  it('is refused with lint errors, named by line and column, and nothing is written', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const answer = await save(site, 'watching', watching.replace('"every": 2', '"every": 3'), textHash(watching));
    expect([answer.status, answer.json]).toEqual([422, withError('monitor.recipe-has-errors')]);
    expect(answer.text).toMatch(/6:\d+ Step 1/);
    expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toBe(watching);
    expect((await site.get('/api/audit')).json).toMatchObject({ items: [{ outcome: /^failed: / }] });
  });

  it('is refused for names that lead out of the folder, or are none', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const dotted = ['../evil', '..', 'a/../../evil', '.hidden', 'deep/.x', './x', 'deep/..'];
    const other = ['/etc/passwd', 'a\0b', 'a//b', 'C:\\x', 'a\nb', '%2e%2e', 'x'.repeat(201), '\u202Egnp.exe'];
    for (const name of [...dotted, ...other]) {
      const answer = await save(site, name, watching);
      expect([400, 404], `${name}: ${answer.text}`).toContain(answer.status);
    }
    expect(await readdir(join(folder.path, '..'))).toEqual(['baton.yaml', 'recipes']);
    expect(await readdir(folder.path)).toEqual(['deep', 'rules.yaml', 'watching.json']);
    expect(await readdir(join(folder.path, 'deep'))).toEqual([]);
  });

  it('is refused where a link leads out of the folder', async () => {
    await using elsewhere = await temporaryFolder();
    await using folder = await recipeFolder();
    await writeFile(join(elsewhere.path, 'shared.json'), watching);
    await symlink(join(elsewhere.path, 'shared.json'), join(folder.path, 'shared.json'));
    await symlink(elsewhere.path, join(folder.path, 'out'));
    await using site = await openMonitor({ recipes: folder.site });
    expect((await save(site, 'shared', changed, textHash(watching))).json).toEqual(
      withError('monitor.recipe-elsewhere'),
    );
    expect((await save(site, 'out/new', changed)).json).toEqual(withError('monitor.recipe-elsewhere'));
    expect(await readdir(elsewhere.path)).toEqual(['shared.json']);
    expect(await readFile(join(elsewhere.path, 'shared.json'), 'utf8')).toBe(watching);
  });

  it('is refused where the site does not permit it, and says what would', async () => {
    await using folder = await recipeFolder({ watching }, { editRecipes: false });
    await using site = await openMonitor({ recipes: folder.site });
    const answer = await save(site, 'watching', changed, textHash(watching));
    expect([answer.status, answer.json]).toEqual([403, withError('monitor.saving-off')]);
    expect(answer.text).toContain('page.editRecipes');
    expect((await site.get('/api/recipes/watching')).json).toMatchObject({ saving: { possible: false } });
  });

  it('is for administrators, who say why, and what they replace', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const lasting = { name: 'script', role: 'operator', creator: 'test', expires: Date.now() + 3_600_000 } as const;
    const token = { authorization: `Bearer ${site.access.tokens.create(lasting)}` };
    const put = async (body: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> =>
      await site.send('PUT', '/api/recipes/watching', body, headers);
    const match = { 'if-match': `"${textHash(watching)}"` };
    const good = { text: changed, reason: 'a test' };
    expect((await put(good, { ...token, ...match })).status).toBe(403);
    expect((await put({ ...good, reason: ' ' }, { ...page, ...match })).status).toBe(400);
    expect((await put({ reason: 'x' }, { ...page, ...match })).status).toBe(400);
    expect((await put(good, page)).json).toEqual(withError('monitor.no-condition'));
    expect((await put(good, { ...page, 'if-match': '*' })).json).toEqual(withError('monitor.no-condition'));
    expect((await put(good, { ...page, ...match, 'if-none-match': '*' })).status).toBe(428);
    expect((await put({ ...good, text: 'x'.repeat(3_000_000) }, { ...page, ...match })).status).toBe(413);
    expect((await put('{', { ...page, ...match })).status).toBe(400);
    expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toBe(watching);
  });
});

describe('POST /api/recipes/NAME/try', () => {
  it('tells what the rules choose, what is filled in and sent first, and how a dry run ends; and touches nothing', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    const parameters = { guid: 'one', event: 'end', file_pattern: '/data/a_%05d.cbf', beamline: 'i03' };
    await site.record(announced('one', { parameters, ...made('watching') }));
    const before = await site.get('/api/runs');
    const trial = await tried(site, 'watching', 'one', changed);
    expect(trial).toMatchObject({
      rules: { fired: [{ rule: 'scans', recipes: ['watching'] }], silent: [], recipes: ['watching'], waits: [] },
      ...{ added: 'rule', parameters: { ...parameters, frames: 3 } },
      messages: [{ step: 1, queue: 'filewatcher', payload: { note: 'i03' } }],
      recipe: { '1': { parameters: { pattern: '/data/a_%05d.cbf' } } },
      dry: {
        state: 'finished',
        run: {
          steps: [
            { step: 1, done: 1 },
            { step: 2, done: 1 },
          ],
        },
      },
    });
    expect((await site.get('/api/runs')).text).toBe(before.text);
    expect(await readdir(folder.path)).toEqual(['deep', 'rules.yaml', 'watching.json']);
  });

  it('says why the rules would not choose it, and why it would not run', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    await site.record(announced('one', { parameters: { guid: 'one', event: 'start' } }));
    const trial = await tried(site, 'watching', 'one', watching.replace('{beamline}', '{beamline'));
    expect(trial).toMatchObject({
      rules: { silent: [{ rule: 'scans', reasons: [expect.stringContaining('event'), expect.anything()] }] },
      ...{ added: 'none', messages: [], refusal: expect.stringContaining('{beamline') },
    });
    expect(trial.dry).toBeUndefined();
    const unknown = await site.send('POST', '/api/recipes/watching/try', { run: 'none', text: watching }, page);
    expect([unknown.status, unknown.json]).toEqual([404, withError('monitor.no-such-run')]);
  });

  it('ends a dry run that would not end by itself', async () => {
    await using folder = await recipeFolder();
    await using site = await openMonitor({ recipes: folder.site });
    await site.record(announced('one'));
    // Each step sends two messages for each that it gets: 2 to the power of 60 in all.
    const steps = Array.from(
      { length: 60 },
      (_, n) => `"${String(n + 1)}":{"queue":"q${String(n)}","output":{"a":${String(n + 2)},"b":${String(n + 2)}}}`,
    );
    const text = `{${steps.join(',')},"61":{"queue":"q"},"start":[[1,[]]]}`;
    const answer = await site.send('POST', '/api/recipes/watching/try', { run: 'one', text }, page);
    if (answer.status === 200) expect((answer.json as RecipeTrial).dry?.state).toBe('running');
    else expect([answer.status, answer.json]).toEqual([503, withError('monitor.no-trial')]);
  }, 90_000);
});

async function lint(site: OpenMonitor, text: string): Promise<Answer> {
  return await site.send('POST', '/api/recipes/lint', { text }, page);
}

async function save(site: OpenMonitor, name: string, text: string, hash?: string): Promise<Answer> {
  const condition = hash === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${hash}"` };
  const body = { text, reason: 'a test' };
  return await site.send('PUT', `/api/recipes/${encodeURIComponent(name)}`, body, { ...page, ...condition });
}

async function tried(site: OpenMonitor, name: string, run: string, text: string): Promise<RecipeTrial> {
  const answer = await site.send('POST', `/api/recipes/${name}/try`, { run, text }, page);
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.json as RecipeTrial;
}

function made(name: string): Partial<LedgerRecord & { kind: 'announcement' }> {
  return { recipes: [name], sources: [{ name, hash: 'abc', bytes: watching.length, text: watching }] };
}
