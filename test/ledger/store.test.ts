import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { Book } from '../../src/ledger/book.ts';
import { Queries } from '../../src/ledger/queries.ts';
import { formats, migrate } from '../../src/ledger/schema.ts';
import { standardKeep } from '../../src/ledger/retention/keep.ts';
import { Retention } from '../../src/ledger/retention/retention.ts';
import { fileName, openReader, openStore, type Store } from '../../src/ledger/store.ts';
import { announced, batchOf, noon, settled } from './records.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const withCode = (code: string): unknown => expect.objectContaining({ code });

/** Another process that has the store in that folder open; disposing of it kills it. */
async function holder(folder: string): Promise<AsyncDisposable> {
  const source = new URL('../../src/ledger/store.ts', import.meta.url).href;
  const code = `import { openStore } from '${source}'; globalThis.held = openStore('${folder}'); console.log('open'); setInterval(() => {}, 1e6)`;
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], { stdio: [...stdio] });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

describe('a store', () => {
  it('is made in a folder that is not there yet, durable and with its format written in it', async () => {
    await using folder = await temporaryFolder();
    using store = openStore(join(folder.path, 'deep', 'down'));
    const pragma = (name: string): unknown => Object.values(store.database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('user_version')]).toEqual(['wal', 2, formats.length]);
  });

  it('has one ledger: a second is refused until the first has let go', async () => {
    await using folder = await temporaryFolder();
    const first = openStore(folder.path);
    expect(() => openStore(folder.path)).toThrow(withCode('ledger.taken'));
    first[Symbol.dispose]();
    openStore(folder.path)[Symbol.dispose]();
  });

  it('is let go by the death of the process that had it', async () => {
    await using folder = await temporaryFolder();
    await using other = await holder(folder.path);
    expect(() => openStore(folder.path)).toThrow(withCode('ledger.taken'));
    await other[Symbol.asyncDispose]();
    openStore(folder.path)[Symbol.dispose]();
  });

  it('can be read beside the ledger that writes it', async () => {
    await using folder = await temporaryFolder();
    using store = openStore(folder.path);
    const reader = openReader(folder.path);
    store.database.exec("INSERT INTO totals VALUES ('malformed', 3)");
    expect(reader.prepare('SELECT value FROM totals').get()).toEqual({ value: 3 });
    reader.close();
  });

  it('leaves nothing of a transaction that fails', async () => {
    await using folder = await temporaryFolder();
    using store = openStore(folder.path);
    const failing = (): void =>
      store.transaction(() => {
        store.database.exec("INSERT INTO totals VALUES ('malformed', 1)");
        throw new Error('half way');
      });
    expect(failing).toThrow('half way');
    expect(store.database.prepare('SELECT * FROM totals').all()).toEqual([]);
  });

  it('of a later release is refused, with both formats named', async () => {
    await using folder = await temporaryFolder();
    openStore(folder.path)[Symbol.dispose]();
    const database = new DatabaseSync(join(folder.path, fileName));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openStore(folder.path)).toThrow(/format 99.*formats up to/);
    expect(() => openStore(folder.path)).toThrow(withCode('ledger.newer'));
  });

  it('that is something else is refused, and the lock given back', async () => {
    await using folder = await temporaryFolder();
    await writeFile(
      join(folder.path, fileName),
      'not a database at all, but some text that is long enough\n'.repeat(20),
    );
    expect(() => openStore(folder.path)).toThrow(withCode('ledger.unreadable'));
    expect(() => openStore(folder.path)).toThrow(withCode('ledger.unreadable'));
    expect(() => openReader(join(folder.path, 'nowhere'))).toThrow(withCode('ledger.unreadable'));
  });
});

/** What stores of earlier formats were written with; format 2 was in no release. */
const landed = [1, 3, 4, 5];

describe.each(landed)('a store of format %i', (format) => {
  const since = (first: number): boolean => format >= first;

  const brought = async (folder: string): Promise<Store> => {
    const written = new URL(`../fixtures/ledger-format-${String(format)}.sqlite.gz`, import.meta.url);
    await writeFile(join(folder, fileName), gunzipSync(await readFile(written)));
    return openStore(folder);
  };

  it('is brought up to date with all that it has', async () => {
    await using folder = await temporaryFolder();
    using store = await brought(folder.path);
    const queries = new Queries(store.database);
    const states = queries.runs({ limit: 10 }).items.map(({ id, state, overBudget }) => [id, state, overBudget]);
    expect(states).toEqual([
      ['running', 'running', 0],
      ['stopped', 'cancelled', 0],
      ['mended', 'finished', 0],
      ['failed', 'failed', 0],
      ['finished', 'finished', since(4) ? 1 : 0],
    ]);
    expect(queries.announcements()).toEqual({ announced: 6, accepted: 5, refused: 1, duplicate: 0 });
    expect(queries.run('finished')).toMatchObject({
      ...{ recipeHash: 'abc', parameters: { guid: 'finished' }, results: [{ result: { spots: 3 } }] },
      replies: [{ status: 'finished', outcome: 'sent' }],
      deliveries: [{ step: 2 }, { attempt: 2, outputs: [{ payload: { frame: 1 } }] }, { outcome: 'retry' }],
      ...(since(5) ? { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } : {}),
    });
    expect(queries.recipe('finished')?.sources?.map(({ text }) => text)).toEqual(since(4) ? ['{}'] : undefined);
    expect(queries.run('stopped')?.cancellation?.user).toBe(since(3) ? 'ann' : undefined);
    expect(queries.runs({ limit: 10, text: 'fail' }).items.map(({ id }) => id)).toEqual(['failed']);
    expect(queries.deliveries('failed', { limit: 10, outcome: 'dead' })?.items).toHaveLength(1);
    expect(queries.waterfall('finished', undefined)?.steps.map(({ step }) => step)).toEqual([1, 2]);
    expect(store.database.prepare('SELECT run FROM failures').all()).toEqual([{ run: 'failed' }]);
  });

  it('goes on: what was running ends, what is old is removed, and the room given back', async () => {
    await using folder = await temporaryFolder();
    using store = await brought(folder.path);
    const book = new Book(
      store,
      { ...systemClock, now: () => noon },
      { queue: (name) => `/queue/${name}`, topic: (name) => `/topic/${name}` },
    );
    book.enter([{ messageId: 'next', body: batchOf(settled('running', 1, 'cancelled'), announced('new')) }]);
    const queries = new Queries(store.database);
    expect(queries.summary('running')?.state).toBe('cancelled');
    const clock = { ...systemClock, now: () => noon + 731 * 24 * 3600 * 1000 };
    const retention = new Retention({ store, keep: standardKeep, clock, log: silent });
    while (retention.step());
    expect(queries.runs({ limit: 10 }).items.map(({ id }) => id)).toEqual(['new', 'failed']);
    expect(store.database.prepare('SELECT count(*) AS texts FROM text_uses').get()).toEqual({
      texts: since(4) ? 1 : 0,
    });
    expect(store.database.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 });
    expect(store.database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });
});

describe('migrating', () => {
  it('applies what a store has not seen, in order, and nothing twice', () => {
    const database = new DatabaseSync(':memory:');
    const first = 'CREATE TABLE a (x)';
    const second = 'ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)';
    migrate(database, 'here', [first]);
    migrate(database, 'here', [first, second]);
    migrate(database, 'here', [first, second]);
    expect(database.prepare('SELECT * FROM a').all()).toEqual([{ x: 1, y: 2 }]);
    database.close();
  });

  it('that fails leaves the store in the format it had', () => {
    const database = new DatabaseSync(':memory:');
    expect(() => migrate(database, 'here', ['CREATE TABLE a (x)', 'CREATE TABLE b (x); nonsense'])).toThrow();
    migrate(database, 'here', ['CREATE TABLE a (x)', 'CREATE TABLE b (y)']);
    expect(database.prepare('SELECT y FROM b').all()).toEqual([]);
    database.close();
  });
});
