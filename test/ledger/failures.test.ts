import { describe, expect, it } from 'vitest';
import { Failures, type SeenLetter } from '../../src/ledger/failures/failures.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { failureTables } from '../../src/ledger/failures/format.ts';
import { formats, migrate } from '../../src/ledger/schema.ts';
import { openBook } from './open-book.ts';
import { announced, noon, reinjected, settled } from './records.ts';

const filter = { state: 'open', order: 'largest', limit: 50 } as const;
const cause = (message: string, code = 'no-file') => ({ cause: { code, message } });

/** A run that died at step 2 for this reason. */
function failing(run: string, message: string, { version = 'v1', n = 1 } = {}): readonly LedgerRecord[] {
  return [
    announced(run, { sourceHash: version }),
    settled(run, 1, 'done', { sends: { '2': 1 } }),
    settled(run, 2, 'dead', { n, ...cause(message) }),
  ];
}

function letter(changes: Partial<SeenLetter> = {}): SeenLetter {
  return {
    ...{ run: '', key: 'ID:1', letter: 'ID:1', queue: 'DLQ.work', code: 'broker', message: 'expired', died: noon },
    ...{ step: undefined, service: undefined, host: undefined, reinjected: 0, version: undefined, origin: undefined },
    ...changes,
  };
}

describe('what failed', () => {
  it('is grouped by step, cause and version of the recipe, whatever varies in the messages', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'file /a/1 missing'), failing('two', 'file /b/22 missing'));
    site.enter(failing('three', 'file /a/1 missing', { version: 'v2' }), failing('four', 'disk full'));
    const { items } = site.failures.queries.groups(filter);
    expect(items.map(({ pattern, version, open, runs, step }) => [pattern, version, open, runs, step])).toEqual([
      ['file … missing', 'v1', 2, 2, 2],
      ['disk full', 'v1', 1, 1, 2],
      ['file … missing', 'v2', 1, 1, 2],
    ]);
    expect(items[0]).toMatchObject({
      message: 'file /a/1 missing',
      code: 'no-file',
      hosts: ['host.2'],
      oldest: noon + 20,
    });
    expect(site.failures.queries.counts()).toEqual({ failures: 4, groups: 3, runs: 4, addressedRuns: 0 });
  });

  it('is no longer shown once it was sent again, by a record or by what became of it, and again if it dies again', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'no'), failing('two', 'no'));
    site.enter([reinjected('one', 2, 1)], [settled('two', 2, 'done', { messageId: 'ID:again' })]);
    expect(site.failures.queries.counts()).toEqual({ failures: 0, groups: 0, runs: 0, addressedRuns: 0 });
    site.enter([settled('one', 2, 'dead', { reinjected: 1, ...cause('no') })]);
    const [group] = site.failures.queries.groups(filter).items;
    expect(group).toMatchObject({ open: 1, runs: 1 });
    expect(site.failures.queries.failures(1, { state: 'open', limit: 5 }).items).toMatchObject([
      { run: 'one', reinjected: 1 },
    ]);
  });

  it('is addressed by somebody with a reason, which is kept, can be taken back, and does not cover what fails later', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'no'), failing('two', 'no'));
    const { failures } = site;
    const upTo = failures.queries.latest(1);
    expect(await failures.address(1, { user: 'ann', reason: 'no beam', upTo })).toBe(2);
    expect(failures.queries.counts()).toEqual({ failures: 0, groups: 0, runs: 0, addressedRuns: 2 });
    site.enter(failing('three', 'no'));
    expect(failures.queries.counts()).toEqual({ failures: 1, groups: 1, runs: 1, addressedRuns: 2 });
    const again = new Failures(site.store, systemClock);
    const [deed] = again.queries.addressings(1);
    expect(deed).toMatchObject({ user: 'ann', reason: 'no beam', count: 2 });
    expect(again.queries.groups({ ...filter, state: 'addressed' }).items).toMatchObject([{ addressed: 2, open: 1 }]);
    expect(await again.undo(1, deed?.n ?? 0, 'ben')).toBe(2);
    expect(await again.undo(1, deed?.n ?? 0, 'ben')).toBeUndefined();
    expect(again.queries.counts()).toEqual({ failures: 3, groups: 1, runs: 3, addressedRuns: 0 });
    expect(again.queries.addressings(1)).toMatchObject([{ undone: { user: 'ben' } }]);
  });

  it('balances with the runs: accepted = finished + running + failed + addressed', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'no'), failing('two', 'other'), [announced('three')]);
    site.enter([announced('four'), settled('four', 1, 'done')]);
    await site.failures.address(1, { user: 'ann', reason: 'no beam', upTo: 99, only: 1 });
    const totals = site.queries.totals();
    const { runs, addressedRuns } = site.failures.queries.counts();
    expect([totals.get('runs.finished'), totals.get('runs.running'), runs, addressedRuns]).toEqual([1, 1, 1, 1]);
    expect(totals.get('runs.failed')).toBe(runs + addressedRuns);
    expect(totals.get('announcements.accepted')).toBe(4);
  });

  it('includes what only the broker tells of, until it is gone from there; a later record makes it one', async () => {
    await using site = await openBook();
    const { failures } = site;
    const ours = letter({ run: 'one', key: 'one/2/1', letter: 'ID:2', step: 2, code: 'no-file', message: 'no' });
    failures.saw([letter(), ours]);
    expect(failures.queries.counts()).toMatchObject({ failures: 2, groups: 2, runs: 0 });
    site.enter(failing('one', 'no'));
    expect(failures.queries.counts()).toMatchObject({ failures: 2, groups: 2, runs: 1 });
    const [recorded] = failures.queries.groups({ ...filter, service: 'service-2' }).items;
    expect(recorded).toMatchObject({ open: 1, letters: 1, runs: 1 });
    await failures.sawAll('DLQ.work', new Set());
    expect(failures.queries.groups(filter).items).toMatchObject([{ open: 1, letters: 0, runs: 1 }]);
  });

  it('is listed in pages that stay in order', async () => {
    await using site = await openBook();
    for (let n = 0; n < 5; n += 1) site.enter(failing(`run${String(n)}`, 'why', { version: `v${String(n % 3)}` }));
    const { queries } = site.failures;
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = queries.groups({ ...filter, limit: 1, cursor });
      seen.push(...page.items.map(({ version, open }) => `${String(version)}:${String(open)}`));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(seen).toEqual(['v1:2', 'v0:2', 'v2:1']);
    expect(queries.groups({ ...filter, recipe: 'v2' }).items).toHaveLength(1);
    expect(queries.groups({ ...filter, recipe: 'gridscan', text: 'WHY', code: 'no-file', step: 2 }).items).toHaveLength(
      3,
    );
    expect(queries.groups({ ...filter, text: '%' }).items).toEqual([]);
  });

  it('goes with its run when that is removed', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'no'));
    site.store.database.prepare('DELETE FROM runs').run();
    expect(site.failures.queries.counts()).toEqual({ failures: 0, groups: 0, runs: 0, addressedRuns: 0 });
  });

  it('is taken over from a store that did not know of it', async () => {
    await using site = await openBook();
    site.enter(failing('one', 'file /a/1 missing'), failing('two', 'file /a/2 missing'), failing('three', 'no'));
    site.enter([reinjected('three', 2, 1)]);
    const before = site.failures.queries.groups(filter).items;
    const at = formats.indexOf(failureTables);
    for (const table of ['failures', 'failure_groups', 'addressings', 'letter_actions'])
      site.store.database.exec(`DROP TABLE ${table}`);
    site.store.database.exec(
      `DROP TRIGGER failures_run_removed; DROP INDEX runs_unaddressed; DROP INDEX runs_addressed;
       ALTER TABLE runs DROP COLUMN unaddressed; PRAGMA user_version = ${String(at)}`,
    );
    migrate(site.store.database, 'here', formats.slice(0, at + 1));
    expect(new Failures(site.store, systemClock).queries.groups(filter).items).toEqual(before);
  });
});
