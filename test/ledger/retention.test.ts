import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { Failures } from '../../src/ledger/failures/failures.ts';
import { standardKeep, type Keep } from '../../src/ledger/retention/keep.ts';
import { Retention } from '../../src/ledger/retention/retention.ts';
import { fileName } from '../../src/ledger/store.ts';
import type { LedgerRecord, RecipeSource } from '../../src/services/record.ts';
import { MinuteClock } from './minute-clock.ts';
import { openBook, type OpenBook } from './open-book.ts';
import { announced, cancelled, noon, reinjected, replied, settled } from './records.ts';

const day = 24 * 3600 * 1000;

/** A clock that stands where it is put. */
function clockAt(time: number): Clock & { time: number } {
  return {
    ...systemClock,
    time,
    now() {
      return this.time;
    },
  };
}

/** Removes whatever is to go, in as many steps as that takes; returns how many those were. */
function sweep({ store }: OpenBook, clock: Clock, keep: Partial<Keep> = {}): number {
  const retention = new Retention({ store, keep: { ...standardKeep, ...keep }, clock, log: silent });
  let steps = 1;
  while (retention.step()) steps += 1;
  return steps;
}

/** Rows by table, of those that hold what was recorded. */
function rows({ store: { database } }: OpenBook): Readonly<Record<string, number>> {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'run_words_*'")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !['totals', 'removed_runs', 'recorded_queues'].includes(name));
  return Object.fromEntries(
    tables.map((table) => [table, Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])]),
  );
}

const source = (name: string, text: string): RecipeSource => ({ name, hash: 'abc', text, bytes: text.length });

/** All that can be told of a run that has finished, after a dead letter that was sent again. */
function told(run: string): readonly LedgerRecord[] {
  const output = { step: 2, channel: 'next', key: 'k', bytes: 20, payload: { frame: 1 } };
  return [
    announced(run, {
      sends: { 1: 1 },
      sources: [source('custom_recipe', 'one'), source('custom_recipe', `of ${run}`)],
      budget: 5,
    } as object),
    settled(run, 1, 'dead', { budget: { seconds: 5, used: 1 }, cause: { code: 'x', message: 'y' } }),
    reinjected(run, 1, 1),
    settled(run, 1, 'done', { reinjected: 1, outputs: [output], sends: { 2: 1 }, budget: { seconds: 5, used: 9 } }),
    settled(run, 2, 'done', { results: [{ spots: 3 }, { spots: 4 }] }),
    replied(run),
  ];
}

describe('an old run', () => {
  it('is removed with all that belongs to it, as if nobody had ever told of it', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    await using other = await openBook(clock);
    ledger.enter([announced('cancelled', { sends: { 1: 1 } })], [cancelled('cancelled')]);
    ledger.enter([settled('cancelled', 1, 'cancelled')], told('old'), told('older'));
    for (const book of [ledger, other]) book.enter(told('last'));
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    expect(rows(ledger)).toEqual(rows(other));
    expect(ledger.queries.runs({ limit: 10 }).items.map(({ id }) => id)).toEqual(['last']);
    expect(ledger.queries.runs({ limit: 10, text: 'old' }).items).toEqual([]);
    expect(ledger.queries.recipe('last')?.sources?.map(({ text }) => text)).toEqual(['one', 'of last']);
  });

  it('counts as removed, so that what was announced still adds up', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    const refused = announced('', { id: 'refused', outcome: 'refused', reason: 'no', sends: {} });
    ledger.enter(told('old'), [announced('failed', { sends: {} })], [refused], told('last'));
    const before = ledger.queries.totals();
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    const after = ledger.queries.totals();
    expect(ledger.queries.announcements()).toEqual({ announced: 4, accepted: 3, refused: 1, duplicate: 0 });
    expect(after.get('runs.finished')).toBe(1);
    expect(after.get('removed.runs')).toBe(2);
    expect(after.get('removed.announcements')).toBe(3);
    expect(after.get('removed.deliveries')).toBe(3);
    expect(after.get('deliveries.done')).toBe(before.get('deliveries.done'));
    expect(ledger.queries.runs({ limit: 1 })).toMatchObject({ removed: { runs: 2, before: noon + 25 } });
  });

  it('goes between two pages of the list, and moves no other', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    for (const run of ['a', 'b', 'c', 'd']) ledger.enter([announced(run, { sends: run === 'b' ? { 1: 1 } : {} })]);
    clock.time = noon + 731 * day;
    const first = ledger.queries.runs({ limit: 2 });
    sweep(ledger, clock);
    const second = ledger.queries.runs({ limit: 2, cursor: first.next });
    expect([first, second].map(({ items }) => items.map(({ id }) => id))).toEqual([['d', 'c'], ['b']]);
    expect(second).toMatchObject({ removed: { runs: 2 } });
    expect(second.next).toBeUndefined();
  });

  it('stays while it runs, while a dead letter of it is not dealt with, and while it is not old', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter([announced('running')], [announced('dead'), settled('dead', 1, 'dead')], told('mended'));
    ledger.enter([announced('both', { sends: { 1: 1, 2: 1 } })], [cancelled('both')]);
    ledger.enter([settled('both', 1, 'dead'), settled('both', 2, 'cancelled')], told('last'));
    const ids = (): readonly string[] => ledger.queries.runs({ limit: 10 }).items.map(({ id }) => id);
    clock.time = noon + 729 * day;
    sweep(ledger, clock);
    expect(ids()).toEqual(['last', 'both', 'mended', 'dead', 'running']);
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    expect(ids()).toEqual(['last', 'both', 'dead', 'running']);
    expect(ledger.step('dead', 1)).toMatchObject({ sent: 1, dead: 1 });
  });

  it('goes once its dead letters were marked as addressed, and are in no queue any more', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter([announced('dead'), settled('dead', 1, 'dead')], told('last'));
    const failures = new Failures(ledger.store, clock);
    const letter = {
      step: 1,
      service: 's',
      host: 'h',
      code: '',
      message: '',
      died: noon,
      reinjected: 0,
      version: undefined,
    };
    failures.saw([{ ...letter, run: 'dead', key: 'dead/1/1', queue: 'DLQ.queue.1', letter: 'ID:1' }]);
    await failures.address(1, { user: 'ann', reason: 'the sample was lost', upTo: 1 });
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    expect(ledger.queries.summary('dead')).toBeDefined();
    await failures.sawAll('DLQ.queue.1', new Set());
    sweep(ledger, clock);
    expect(ledger.queries.removed('dead')?.state).toBe('failed');
    expect(rows(ledger)).toMatchObject({ runs: 1, failures: 0 });
  });

  it('leaves the texts of the versions of the recipes of the site', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter([
      announced('old', { sends: {}, sources: [source('gridscan', 'text'), source('custom_recipe', 'own')] }),
    ]);
    ledger.enter([announced('last', { sends: {} })]);
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    expect(ledger.store.database.prepare('SELECT text FROM texts').all()).toEqual([{ text: 'text' }]);
  });

  it('loses the payloads of its messages before, and keeps where they went', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('other'));
    ledger.enter([announced('new', { received: noon + 20 * day, settled: noon + 20 * day })]);
    const output = { step: 2, channel: 'next', key: 'k', bytes: 20 };
    ledger.enter([settled('new', 1, 'done', { outputs: [{ ...output, payload: 7 }], finished: noon + 20 * day })]);
    clock.time = noon + 31 * day;
    sweep(ledger, clock);
    const outputs = (run: string): unknown => ledger.run(run).deliveries.flatMap((delivery) => delivery.outputs);
    expect(outputs('old')).toEqual([output]);
    expect(outputs('other')).toEqual([output]);
    expect(outputs('new')).toEqual([{ ...output, payload: 7 }]);
    expect(ledger.run('old').results).toHaveLength(2);
  });

  it('that goes on, when its dead letter is sent again, loses what came since later', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter([announced('r'), settled('r', 1, 'dead')], told('last'));
    clock.time = noon + 31 * day;
    sweep(ledger, clock);
    const outputs = [{ step: 2, channel: 'next', key: 'k', bytes: 1, payload: 1 }];
    const again = { reinjected: 1, outputs, started: clock.time, finished: clock.time };
    ledger.enter([reinjected('r', 1, 1), settled('r', 1, 'done', again)]);
    sweep(ledger, clock);
    expect(ledger.run('r').deliveries[0]?.outputs).toEqual(outputs);
    clock.time += 31 * day;
    sweep(ledger, clock);
    expect(ledger.run('r').deliveries[0]?.outputs[0]).not.toHaveProperty('payload');
  });

  it('is as old as the ledger itself heard of it, whatever the clocks of other hosts say', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    const output = { step: 2, channel: 'next', key: 'k', bytes: 1, payload: 1 };
    const wrong = { sent: 0, received: 0, started: 0, finished: 0, outputs: [output] };
    ledger.enter([announced('r', { received: 0, settled: 0 }), settled('r', 1, 'done', wrong)]);
    ledger.enter([announced('last', { sends: {} })]);
    sweep(ledger, clock);
    expect(ledger.run('r').deliveries[0]?.outputs).toEqual([output]);
    clock.time = noon + 31 * day;
    sweep(ledger, clock);
    expect(ledger.run('r').deliveries[0]?.outputs[0]).not.toHaveProperty('payload');
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    expect(ledger.queries.summary('r')).toBeUndefined();
  });

  it('is kept for ever where the site says so', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('last'));
    clock.time = noon + 100 * 365 * day;
    const before = rows(ledger);
    sweep(ledger, clock, { payloadDays: null, runDays: null });
    expect(rows(ledger)).toEqual(before);
    expect(ledger.run('old').deliveries.flatMap(({ outputs }) => outputs)).toMatchObject([{ payload: { frame: 1 } }]);
  });
});

it('every table with rows of runs is known to the removal of runs', async () => {
  await using ledger = await openBook();
  const tables = ledger.store.database
    .prepare(
      `SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
       WHERE m.type = 'table' AND c.name = 'run' ORDER BY 1`,
    )
    .all();
  // Who adds a table adds its rows to what is removed with a run (run-removal.ts), or says here why not.
  expect(tables.map(({ name }) => name)).toEqual([
    'announcements',
    'budgets',
    'cancellations',
    'caused', // forgotten within a week
    'deliveries',
    'failures',
    'letter_actions', // kept: what people did
    'recipe_versions', // kept: the history of recipes
    'reinjections',
    'removals',
    'replies',
    'results',
    'steps',
    'told',
  ]);
});

describe('what is told of a run after it was removed', () => {
  it('makes no run of it, and is counted', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('last'));
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    const before = rows(ledger);
    const announcements = ledger.queries.announcements();
    const entered = ledger.enter(told('old'), [settled('old', 3, 'done'), reinjected('old', 3, 1)]);
    expect(entered.runs).toEqual([]);
    expect(rows(ledger)).toEqual(before);
    expect(ledger.queries.announcements()).toEqual(announcements);
    expect(ledger.queries.totals().get('removed.late')).toBe(8);
    expect(ledger.queries.summary('old')).toBeUndefined();
    expect(ledger.queries.removed('old')).toEqual({ time: clock.time, state: 'finished' });
  });

  it('does not cancel it: it has ended', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('last'));
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    const sent = [...ledger.enter([cancelled('old')]).sends.values()].flat();
    expect(sent.map(({ body }) => JSON.parse(String(body)) as unknown)).toMatchObject([
      { kind: 'answer', run: 'old', state: 'ended', ended: 'finished' },
    ]);
  });

  it('is another run where the id was announced anew', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('last'));
    clock.time = noon + 731 * day;
    sweep(ledger, clock);
    const again = { id: 'again', received: clock.time + 1, settled: clock.time + 2 };
    ledger.enter([announced('old', again), settled('old', 1, 'done')]);
    expect(ledger.run('old')).toMatchObject({ state: 'finished', announced: clock.time + 1, sent: 1 });
    expect(ledger.queries.removed('old')).toBeUndefined();
  });
});

describe('removing', () => {
  it('takes many small steps, between which records are entered', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    const many = Array.from({ length: 20_000 }, (_, n) => settled('large', 2, 'done', { n }));
    ledger.enter([announced('large', { sends: { 2: many.length } }), ...many]);
    ledger.enter(told('last'));
    clock.time = noon + 731 * day;
    const retention = new Retention({ store: ledger.store, keep: standardKeep, clock, log: silent });
    expect(retention.step()).toBe(true);
    expect(ledger.queries.summary('large')).toBeUndefined();
    expect(rows(ledger)['deliveries']).toBeGreaterThan(3);
    ledger.enter([announced('new', { received: clock.time, settled: clock.time })]);
    ledger.enter([settled('large', 2, 'done', { n: 30_000 })]);
    while (retention.step());
    expect(rows(ledger)).toMatchObject({ deliveries: 0, removals: 0, runs: 1 });
    expect(ledger.queries.totals().get('removed.deliveries')).toBe(20_003);
    expect(ledger.run('new').waiting).toBe(1);
  });

  it('begins anew what was undone because the disk was full', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('old'), told('last'));
    clock.time = noon + 31 * day;
    const retention = new Retention({ store: ledger.store, keep: standardKeep, clock, log: silent });
    ledger.store.database.exec("CREATE TRIGGER full BEFORE UPDATE ON runs BEGIN SELECT RAISE(FAIL, 'full'); END");
    expect(() => retention.step()).toThrow('full');
    ledger.store.database.exec('DROP TRIGGER full');
    while (retention.step());
    expect(ledger.run('old').deliveries.flatMap(({ outputs }) => outputs)[0]).not.toHaveProperty('payload');
  });

  it('keeps within the size that a site gives, and gives the room back to the disk', async () => {
    const clock = clockAt(noon + day);
    await using ledger = await openBook(clock);
    const payload = 'x'.repeat(10_000);
    const outputs = [{ step: 2, channel: 'next', key: 'k', bytes: 10_000, payload }];
    for (let n = 0; n < 40; n += 1) {
      const run = `r${String(n)}`;
      const ends = { finished: noon + n, outputs };
      const done = Array.from({ length: 100 }, (_, number) => settled(run, 1, 'done', { n: number, ...ends }));
      ledger.enter([announced(run, { settled: noon, sends: { 1: 100 } }), ...done]);
    }
    const size = (): number => {
      ledger.store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return statSync(join(ledger.folder, fileName)).size;
    };
    expect(size()).toBeGreaterThan(40e6);
    sweep(ledger, clock, { megabytes: 20 });
    const left = ledger.queries.runs({ limit: 100 }).items.map(({ id }) => id);
    expect(left[0]).toBe('r39');
    expect(left.length).toBeGreaterThan(10);
    expect(left).toEqual(Array.from({ length: left.length }, (_, n) => `r${String(39 - n)}`));
    // What is in use, and the pages that are kept for what comes next.
    expect(size()).toBeLessThan(20e6 + 9e6);
    expect(ledger.run('r39').deliveries).toHaveLength(100);
  });

  it('says when the ledger is too large, and nothing of it may go', async () => {
    const clock = new MinuteClock();
    await using ledger = await openBook(clock);
    const result = 'x'.repeat(12_000_000);
    ledger.enter([announced('dead'), settled('dead', 1, 'dead', { result })], [announced('last', { sends: {} })]);
    const retention = new Retention({ ...ledger, keep: { ...standardKeep, megabytes: 10 }, clock, log: silent });
    retention.start();
    expect(retention.isTooLarge).toBe(false);
    clock.pass();
    await expect.poll(() => retention.isTooLarge, { timeout: 30_000, interval: 20 }).toBe(true);
    await retention.stop();
    expect(ledger.queries.summary('dead')).toBeDefined();
  });

  it('never takes the run that was heard of last, whose number would be given again', async () => {
    const clock = clockAt(noon);
    await using ledger = await openBook(clock);
    ledger.enter(told('first'), told('last'));
    clock.time += 1000 * day;
    sweep(ledger, clock);
    ledger.enter(told('next'));
    clock.time += 1000 * day;
    sweep(ledger, clock);
    expect(ledger.queries.runs({ limit: 10 }).items.map(({ id }) => id)).toEqual(['next']);
    expect(ledger.run('next').deliveries).toHaveLength(3);
  });
});
