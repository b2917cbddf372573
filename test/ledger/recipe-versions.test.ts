import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Queries } from '../../src/ledger/queries.ts';
import { formats, migrate } from '../../src/ledger/schema.ts';
import { fileName } from '../../src/ledger/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBook } from './open-book.ts';
import { announced, noon, reinjected, settled } from './records.ts';

const version = (name: string, hash: string, text = hash): object => ({ name, hash, bytes: text.length, text });
const from = (...sources: readonly object[]): object => ({ recipes: ['a'], sources });

describe('the versions of recipes', () => {
  it('are counted with their runs, and those that failed, once each', async () => {
    await using open = await openBook();
    open.enter([announced('one', from(version('a', 'h1')))], [settled('one', 1, 'done')]);
    const later = { ...from(version('a', 'h1', 'other layout'), version('b', 'h3')), received: noon + 10 };
    open.enter([announced('two', later)], [announced('two', later)], [settled('two', 1, 'dead')]);
    open.enter([announced('three', { ...from(version('a', 'h2')), received: noon + 5 }), settled('three', 1, 'dead')]);
    expect(open.queries.recipeVersions('a', 10)).toEqual([
      { hash: 'h1', text: 'other layout', first: noon, latest: noon + 10, run: 'two', runs: 2, failed: 1 },
      { hash: 'h2', text: 'h2', first: noon + 5, latest: noon + 5, run: 'three', runs: 1, failed: 1 },
    ]);
    expect(open.queries.recipeRuns()).toEqual(
      new Map([
        ['a', { runs: 3, failed: 2, latest: noon + 10, run: 'two' }],
        ['b', { runs: 1, failed: 1, latest: noon + 10, run: 'two' }],
      ]),
    );
  });

  it('have one failed run less when its dead letter is sent again and done', async () => {
    await using open = await openBook();
    open.enter([announced('one', from(version('a', 'h1'))), settled('one', 1, 'dead')]);
    expect(open.queries.recipeRuns().get('a')).toMatchObject({ runs: 1, failed: 1 });
    open.enter([reinjected('one', 1, 1)], [settled('one', 1, 'done', { reinjected: 1 })]);
    expect(open.queries.recipeRuns().get('a')).toMatchObject({ runs: 1, failed: 0 });
  });

  it('count a run whose announcement is told of after its end', async () => {
    await using open = await openBook();
    open.enter([settled('one', 1, 'dead')]);
    expect(open.queries.recipeRuns()).toEqual(new Map());
    open.enter([announced('one', from(version('a', 'h1')))]);
    expect(open.queries.recipeRuns().get('a')).toMatchObject({ runs: 1, failed: 1 });
  });

  it('do not count recipes that came with an announcement, and runs of which nothing was told', async () => {
    await using open = await openBook();
    open.enter([announced('one', from(version('custom_recipe', 'h1')))], [announced('two', { recipes: ['a'] })]);
    expect(open.queries.recipeRuns()).toEqual(new Map());
  });

  it('are counted over what an earlier release has stored', async () => {
    await using folder = await temporaryFolder();
    const format = formats.findIndex((sql) => sql.includes('CREATE TABLE recipe_versions'));
    const database = new DatabaseSync(join(folder.path, fileName));
    migrate(database, folder.path, formats.slice(0, format));
    const sources = JSON.stringify([version('a', 'h1')]);
    const insert = database.prepare(
      `INSERT INTO announcements (seq, id, messageId, run, outcome, queue, host, received, settled, parameters, sources)
       VALUES (?, ?, '', ?, 'accepted', '', '', ?, 0, '{}', ?)`,
    );
    const run = database.prepare('INSERT INTO runs (id, state, announced, announcement) VALUES (?, ?, 0, ?)');
    for (const [seq, state] of ['finished', 'failed', 'running'].entries()) {
      insert.run(seq + 1, `a${String(seq)}`, `r${String(seq)}`, 100 + seq, sources);
      run.run(`r${String(seq)}`, state, seq + 1);
    }
    migrate(database, folder.path);
    expect(new Queries(database).recipeVersions('a', 10)).toEqual([
      { hash: 'h1', first: 100, latest: 102, run: 'r2', runs: 3, failed: 1 },
    ]);
    database.close();
  });
});
