import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standing, sumOf, tallies, type Tallies } from '../../src/ledger/states.ts';
import type { RunDetail, StepView } from '../../src/ledger/views.ts';
import type { LedgerRecord, StepOutcome } from '../../src/services/record.ts';
import { openBook } from './open-book.ts';
import { announced, noon, reinjected, settled } from './records.ts';

/** What stands on the right of the equation, for a step as shown. */
function accountedFor(step: StepView): number {
  const { done, joined, skipped, duplicate, late, errorLink, dead, cancelled, waiting } = step;
  return done + joined + skipped + duplicate + late + errorLink + dead + cancelled + waiting;
}

const brief = ({ state, sent, waiting, failed }: RunDetail): object => ({ state, sent, waiting, failed });

describe('a run', () => {
  it('runs while anything of it waits, and has finished when nothing does', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')]);
    expect(brief(ledger.run('r'))).toEqual({ state: 'running', sent: 1, waiting: 1, failed: 0 });
    ledger.enter([settled('r', 1, 'done', { sends: { '2': 3 } })]);
    expect(brief(ledger.run('r'))).toEqual({ state: 'running', sent: 4, waiting: 3, failed: 0 });
    ledger.enter([settled('r', 2, 'done', { n: 1 }), settled('r', 2, 'skipped', { n: 2 })]);
    expect(brief(ledger.run('r'))).toEqual({ state: 'running', sent: 4, waiting: 1, failed: 0 });
    ledger.enter([settled('r', 2, 'joined', { n: 3, finished: noon + 500 })]);
    expect(brief(ledger.run('r'))).toEqual({ state: 'finished', sent: 4, waiting: 0, failed: 0 });
    expect(ledger.run('r').ended).toBe(noon + 500);
  });

  it('waits on while a message is retried or deferred, which is counted but settles nothing', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [settled('r', 1, 'retry'), settled('r', 1, 'later', { attempt: 2 })]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 1, waiting: 1, retries: 1, deferrals: 1, done: 0 });
    ledger.enter([settled('r', 1, 'done', { attempt: 2, deferral: 2 })]);
    expect(ledger.run('r').state).toBe('finished');
  });

  it('counts a message that a step sends to itself as consumed once and sent once', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [settled('r', 1, 'done', { sends: { '1': 1, '2': 5 } })]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 2, done: 1, waiting: 1 });
  });

  it.each([
    ['dead', 'failed', 1],
    ['error-link', 'finished', 1],
    ['cancelled', 'cancelled', 0],
    ['late', 'finished', 0],
    ['duplicate', 'finished', 0],
  ] as const)('with a message that ended %s has %s', async (outcome, state, failed) => {
    await using ledger = await openBook();
    ledger.enter([announced('r'), settled('r', 1, outcome)]);
    expect(brief(ledger.run('r'))).toEqual({ state, sent: 1, waiting: 0, failed });
  });

  it('that starts nothing has finished at once', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r', { sends: {} })]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', ended: noon + 5, steps: [] });
  });

  it('goes on when a dead letter is sent again, and has finished when nothing is dead any more', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r'), settled('r', 1, 'dead', { attempt: 3 })]);
    ledger.enter([settled('r', 1, 'done', { attempt: 4, sends: { '2': 1 } })]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', sent: 3, waiting: 1, failed: 0 });
    expect(ledger.run('r').ended).toBeUndefined();
    ledger.enter([settled('r', 2, 'done')]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', sent: 3, waiting: 0, failed: 0 });
    expect(ledger.step('r', 1)).toMatchObject({ sent: 2, dead: 1, done: 1, waiting: 0 });
  });

  it('has a dead letter sent again as it stands counted anew, and told again by the broker only once', async () => {
    await using ledger = await openBook();
    const dead = settled('r', 1, 'dead', { messageId: 'ID:1' });
    const deadAgain = settled('r', 1, 'dead', { messageId: 'ID:2' });
    const done = settled('r', 1, 'done', { messageId: 'ID:3' });
    ledger.enter([announced('r'), dead], [dead]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 1, dead: 1 });
    ledger.enter([deadAgain], [deadAgain, dead]);
    expect(ledger.run('r')).toMatchObject({ state: 'failed', sent: 2, failed: 1 });
    ledger.enter([done], [done], [deadAgain]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 3, dead: 2, done: 1, waiting: 0 });
    expect(ledger.run('r')).toMatchObject({ state: 'finished', failed: 0 });
  });

  it('runs on from the moment a dead letter is re-injected, which counts once however often it is told', async () => {
    await using ledger = await openBook();
    const again = reinjected('r', 1, 1);
    ledger.enter([announced('r'), settled('r', 1, 'dead', { attempt: 3 })]);
    ledger.enter([again], [again]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', sent: 2, waiting: 1, failed: 0 });
    ledger.enter([settled('r', 1, 'dead', { reinjected: 1 })], [reinjected('r', 1, 2)]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 3, dead: 2, waiting: 1 });
    ledger.enter([settled('r', 1, 'done', { reinjected: 2 })]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 3, dead: 2, done: 1, waiting: 0 });
    expect(ledger.run('r')).toMatchObject({ state: 'finished', failed: 0 });
    expect(ledger.queries.totals().get('reinjections')).toBe(2);
  });

  it('counts a re-injection by another tool beside those that are told of', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r'), settled('r', 1, 'dead')], [reinjected('r', 1, 1)]);
    ledger.enter([settled('r', 1, 'dead', { reinjected: 1, messageId: 'ID:1' })]);
    ledger.enter([settled('r', 1, 'done', { reinjected: 1, messageId: 'ID:2' })]);
    expect(ledger.step('r', 1)).toMatchObject({ sent: 3, dead: 2, done: 1, waiting: 0 });
    expect(ledger.run('r').state).toBe('finished');
  });

  it('is there from its first record, with its announcement filled in when that comes', async () => {
    await using ledger = await openBook();
    ledger.enter([settled('r', 1, 'done')]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', inferred: true, recipes: [], announced: noon + 10 });
    ledger.enter([announced('r', { beamline: 'i03', visit: 'mx1-1' })]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', inferred: false, beamline: 'i03', announced: noon });
  });

  it('is told of once: the same records in another message change nothing', async () => {
    await using ledger = await openBook();
    const records = [announced('r'), settled('r', 1, 'done', { sends: { '2': 2 }, result: { x: 1 } })];
    const first = ledger.enter(records);
    const before = ledger.run('r');
    const again = ledger.enter(records, records);
    expect(ledger.run('r')).toEqual(before);
    expect([first.runs.length, first.results.length]).toEqual([1, 1]);
    expect(again).toMatchObject({ runs: [], results: [] });
    expect(ledger.queries.announcements()).toEqual({ announced: 1, accepted: 1, refused: 0, duplicate: 0 });
  });
});

describe('a run through services that leave no records', () => {
  it('is inferred from the path of what comes out of them', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [settled('r', 2, 'done', { path: [1] })]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', inferred: true, waiting: 0 });
    expect(ledger.step('r', 1)).toMatchObject({ inferred: true, sent: 1, done: 1, waiting: 0 });
    expect(ledger.step('r', 2)).toMatchObject({ sent: 1, done: 1, waiting: 0 });
  });

  it('is no longer inferred when the missing record comes after all', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [settled('r', 2, 'done')], [settled('r', 1, 'done', { sends: { '2': 1 } })]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', inferred: false });
  });
});

describe('the totals', () => {
  it('count runs by state, deliveries and announcements by outcome', async () => {
    await using ledger = await openBook();
    ledger.enter([
      announced('a'),
      settled('a', 1, 'dead'),
      announced('b'),
      announced('c', { outcome: 'refused', run: '' }),
    ]);
    ledger.enter([announced('d', { outcome: 'duplicate', run: 'a' }), announced('e', { outcome: 'later' })]);
    ledger.enter([settled('b', 1, 'done')]);
    expect(Object.fromEntries(ledger.queries.totals())).toEqual({
      'runs.running': 0,
      'runs.failed': 1,
      'runs.finished': 1,
      'deliveries.dead': 1,
      'deliveries.done': 1,
      'announcements.accepted': 2,
      'announcements.refused': 1,
      'announcements.duplicate': 1,
    });
    expect(ledger.queries.announcements()).toEqual({ announced: 4, accepted: 2, refused: 1, duplicate: 1 });
  });
});

describe('the equation', () => {
  const tally = fc.record(
    Object.fromEntries(tallies.map((name) => [name, fc.nat(5)])) as Record<keyof Tallies, fc.Arbitrary<number>>,
  );

  it('decides alone when an announced run has ended', () => {
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 4 }), (steps) => {
        const { state } = standing(steps, { announced: true, quiet: false });
        const balanced = steps.every(({ retries, deferrals, records, passed, sent, reinjected, ...outcomes }) => {
          return sent + reinjected === Object.values(outcomes).reduce((sum, count) => sum + count, 0);
        });
        expect(state !== 'running').toBe(balanced);
        const { cancelled, dead, reinjected } = sumOf(steps);
        if (balanced) expect(state === 'failed').toBe(cancelled === 0 && dead > reinjected);
      }),
    );
  });

  it('holds in what is shown, in whatever order and however often the records come', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.nat()), async (records, random) => {
        await using ordered = await openBook();
        await using mixed = await openBook();
        ordered.enter(...records.map((record) => [record]));
        const shuffled = [...records, ...records].map((record) => ({ record, at: random.next().value }));
        const mixture = shuffled.sort((a, b) => a.at - b.at).map(({ record }) => record);
        for (let at = 0; at < mixture.length; at += 3)
          mixed.enter(mixture.slice(at, at + 2), mixture.slice(at + 2, at + 3));
        const [one, other] = [ordered.run('r'), mixed.run('r')];
        expect({ ...other, deliveries: other.deliveries.length }).toEqual({
          ...one,
          deliveries: one.deliveries.length,
        });
        for (const step of one.steps) expect(step.sent).toBe(accountedFor(step));
        expect(one.state === 'running').toBe(one.waiting > 0);
      }),
      { numRuns: 15 },
    );
  });

  /** What really happens to a run: each message is sent by a settled one, ends in some way, and may send further ones. */
  const history = fc
    .array(
      fc.tuple(
        fc.constantFrom<StepOutcome>('done', 'joined', 'dead', 'error-link', 'skipped', 'late'),
        fc.nat(2),
        fc.nat(2),
      ),
      { maxLength: 30 },
    )
    .map((fates) => {
      const records: LedgerRecord[] = [announced('r')];
      const waiting = [1];
      for (const [n, [outcome, retries, fanOut]] of fates.entries()) {
        const step = waiting.shift();
        if (step === undefined) break;
        for (let attempt = 1; attempt <= retries; attempt += 1)
          records.push(settled('r', step, 'retry', { n, attempt }));
        const next = Array.from({ length: outcome === 'done' ? fanOut : 0 }, (_, index) => Math.min(4, step + index));
        const sends = next.reduce<Record<string, number>>(
          (counts, to) => ({ ...counts, [to]: (counts[to] ?? 0) + 1 }),
          {},
        );
        records.push(settled('r', step, outcome, { n, attempt: retries + 1, sends }));
        waiting.push(...next);
      }
      return records;
    });
});
