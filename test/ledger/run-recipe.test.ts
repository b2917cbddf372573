import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileName } from '../../src/ledger/store.ts';
import { openBook } from './open-book.ts';
import { announced } from './records.ts';

const source = (name: string, text: string): { name: string; hash: string; text: string; bytes: number } => ({
  name,
  hash: `hash of ${name}`,
  text,
  bytes: text.length,
});

describe('what a run was made from', () => {
  it('is kept as it was on disk, each text once', async () => {
    await using ledger = await openBook();
    const sources = [source('a', '{ "1": … }\n'), { ...source('b', '{}'), parameters: { colour: '{guid}' } }];
    for (const run of ['one', 'two', 'three']) ledger.enter([announced(run, { sources, sourceHash: 'both' })]);
    expect(ledger.queries.recipe('two')).toEqual({
      run: 'two',
      state: 'running',
      parameters: { guid: 'two' },
      sourceHash: 'both',
      sources,
    });
    expect(ledger.run('two').sourceHash).toBe('both');
    using store = new DatabaseSync(join(ledger.folder, fileName), { readOnly: true });
    expect(store.prepare('SELECT count(*) AS texts FROM texts').get()).toEqual({ texts: 2 });
  });

  it('is told without its text where that was too large to be sent', async () => {
    await using ledger = await openBook();
    const large = { name: 'a', hash: 'h', bytes: 9_000_000 };
    ledger.enter([announced('r', { sources: [large] })]);
    expect(ledger.queries.recipe('r')?.sources).toEqual([large]);
  });

  it('is unknown of runs that nobody told of, and there is no run that nobody heard of', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')]);
    expect(ledger.queries.recipe('r')).toEqual({ run: 'r', state: 'running', parameters: { guid: 'r' } });
    expect(ledger.queries.recipe('nobody')).toBeUndefined();
  });
});

describe('a run that repeats another', () => {
  it('names it, and is named by it', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('first')], [announced('second', { rerunOf: 'first' })]);
    ledger.enter([announced('third', { rerunOf: 'first' })]);
    expect(ledger.run('second')).toMatchObject({ rerunOf: 'first', reruns: [] });
    expect(ledger.run('first').reruns).toEqual(['third', 'second']);
    expect(ledger.run('first').rerunOf).toBeUndefined();
  });
});
