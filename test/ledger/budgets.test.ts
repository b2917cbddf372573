import { describe, expect, it } from 'vitest';
import type { Entered } from '../../src/ledger/book.ts';
import type { LedgerRecord, StepRecord } from '../../src/services/record.ts';
import { ManualClock } from '../broker/manual-clock.ts';
import { openBook, type OpenBook } from './open-book.ts';
import { announced, cancelled, noon, reinjected, settled } from './records.ts';

/** 1 leads to 2, 2 to 3 where it finds something, and where it fails to 4. */
const recipe = {
  '1': { queue: 'queue.1', output: 2 },
  '2': { queue: 'queue.2', output: { found: 3 }, error: 4 },
  '3': { service: 'Centring', queue: 'queue.3', budget: 30 },
  '4': { queue: 'queue.4', budget: 30 },
  start: [[1, []]],
};

/** A ledger whose clock stands, with one run of the recipe, `seconds` after its announcement. */
async function watching(): Promise<OpenBook & { readonly at: (seconds: number) => OpenBook }> {
  const clock = new ManualClock(noon);
  const ledger = await openBook(clock);
  // Services have left records in all these queues.
  ledger.enter([announced('before', { recipe }), ...[1, 2, 3].map((step) => settled('before', step, 'done'))]);
  ledger.enter([announced('r', { recipe })]);
  const at = (seconds: number): OpenBook => {
    clock.advance(noon + seconds * 1000 - clock.now());
    return ledger;
  };
  return { ...ledger, at };
}

/** A step's record that says, by its own clock, how much was used. */
function used(step: number, seconds: number, outcome: StepRecord['outcome'] = 'done', n = 1): StepRecord {
  const budget = { seconds: 30, used: seconds };
  const sends = step > 2 ? {} : { [outcome === 'error-link' ? 4 : step + 1]: 1 };
  return settled('r', step, outcome, { n, sends, finished: noon + seconds * 1000, ...(step > 2 ? { budget } : {}) });
}

/** The ledger's note to itself. */
const due = (step: number, held: readonly string[] = []): LedgerRecord =>
  ({ kind: 'due', run: 'r', step, held }) as unknown as LedgerRecord;
const told = ({ overBudget }: Entered): readonly number[] => overBudget.map(({ step }) => step);

describe('a step that has a budget', () => {
  it('and finishes within it is shown with what it used', async () => {
    await using ledger = await watching();
    const entered = ledger.at(13).enter([used(1, 1), used(2, 2), used(3, 12.5)]);
    expect(told(entered)).toEqual([]);
    expect(ledger.step('r', 3).budget).toEqual({ seconds: 30, used: 12.5, over: false });
    expect(ledger.run('r').deliveries[0]?.budget).toEqual({ seconds: 30, used: 12.5 });
    expect(ledger.run('r').overBudget).toBe(0);
  });

  it('and finishes after it is told of once, while its run goes on as ever', async () => {
    await using ledger = await watching();
    ledger.enter([used(1, 1), { ...used(2, 2), sends: { 3: 2 } }]);
    const entered = ledger.at(71).enter([used(3, 70)]);
    expect(entered.overBudget).toEqual([{ run: 'r', step: 3, service: 'service-3', seconds: 30, used: 70 }]);
    expect(entered.runs).toMatchObject([{ id: 'r', state: 'running', overBudget: 1 }]);
    expect(told(ledger.at(82).enter([used(3, 81, 'done', 2)]))).toEqual([]);
    expect(ledger.step('r', 3).budget).toEqual({ seconds: 30, used: 81, over: true });
    expect(ledger.run('r')).toMatchObject({ state: 'finished', overBudget: 1 });
    expect(ledger.queries.totals().get('budgets.over')).toBe(1);
    const late = ledger.queries.runs({ limit: 5, overBudget: true });
    expect(late.items.map(({ id }) => id)).toEqual(['r']);
  });

  it('and has not finished when it is over is told of then, also when no message has come to it', async () => {
    await using ledger = await watching();
    ledger.enter([used(1, 1)]);
    const entered = ledger.at(32).enter([due(3), due(4)]);
    expect(entered.overBudget).toEqual([{ run: 'r', step: 3, service: 'Centring', seconds: 30, used: 32 }]);
    expect(entered.runs).toMatchObject([{ id: 'r', overBudget: 1 }]);
    expect(ledger.step('r', 3)).toMatchObject({ sent: 0, service: 'Centring', budget: { seconds: 30, over: true } });
    expect(told(ledger.at(93).enter([due(3), due(4)]))).toEqual([]);
    expect(told(ledger.enter([used(2, 60), used(3, 61)]))).toEqual([]);
  });

  it('and had finished, as the records say that came before the note, is not over', async () => {
    await using ledger = await watching();
    const entered = ledger.at(600).enter([used(1, 1), used(2, 2), used(3, 3), due(3)]);
    expect(told(entered)).toEqual([]);
    expect(ledger.run('r').overBudget).toBe(0);
  });

  it('is not asked about before its time, nor once its run has ended', async () => {
    await using ledger = await watching();
    expect(told(ledger.at(29).enter([due(3)]))).toEqual([]);
    ledger.enter([used(1, 1), used(2, 2, 'error-link'), settled('r', 4, 'done')]);
    expect(told(ledger.at(40).enter([due(3)]))).toEqual([]);
  });

  it('is known to be over from its records alone, when the announcement comes last', async () => {
    const clock = new ManualClock(noon + 60_000);
    await using ledger = await openBook(clock);
    const record = settled('r', 3, 'done', { finished: noon + 40_000, budget: { seconds: 30, used: 40 } });
    expect(told(ledger.enter([record]))).toEqual([3]);
    expect(told(ledger.enter([announced('r', { recipe, sends: { 3: 1 } })]))).toEqual([]);
    expect(ledger.step('r', 3).budget).toEqual({ seconds: 30, used: 40, over: true });
  });

  it('is not burnt by a host whose clock is ahead', async () => {
    await using ledger = await watching();
    expect(told(ledger.at(10).enter([used(1, 1), used(2, 2), used(3, 310)]))).toEqual([]);
    expect(ledger.step('r', 3).budget).toEqual({ seconds: 30, used: 10, over: false });
  });

  it('is not late when what it had left was cancelled', async () => {
    await using ledger = await watching();
    ledger.enter([used(1, 1), used(2, 2)]);
    ledger.at(20).enter([cancelled('r')]);
    expect(told(ledger.at(50).enter([used(3, 50, 'cancelled')]))).toEqual([]);
    expect(ledger.run('r')).toMatchObject({ state: 'cancelled', overBudget: 0 });
  });

  it('is over when a dead letter of it is sent again after its time, and only then', async () => {
    await using ledger = await watching();
    expect(told(ledger.at(20).enter([used(1, 1), used(2, 2), used(3, 20, 'dead')]))).toEqual([]);
    ledger.at(3600).enter([reinjected('r', 3, 1)]);
    expect(told(ledger.enter([{ ...used(3, 3600), id: 'r/3/1.1.0.r1', reinjected: 1 }]))).toEqual([3]);
  });

  it('is not held to what services that leave no records may have taken, but to what the broker holds for them', async () => {
    const clock = new ManualClock(noon);
    await using ledger = await openBook(clock);
    ledger.enter([announced('r', { recipe: { ...recipe, '1': { queue: 'python', output: 2 } } })]);
    clock.advance(60_000);
    expect(told(ledger.enter([due(4, ['elsewhere'])]))).toEqual([]);
    expect(told(ledger.enter([due(3, ['elsewhere', 'python'])]))).toEqual([3]);
  });

  it('of any size is watched or not, and never an error', async () => {
    const clock = new ManualClock(noon);
    await using ledger = await openBook(clock);
    const vast = {
      '1': { queue: 'queue.1', budget: 1e300 },
      '2': { queue: 'queue.2', budget: 'soon' },
      start: [[1, []]],
    };
    ledger.enter([
      announced('r', { recipe: vast }),
      settled('r', 1, 'done', { finished: noon, budget: { seconds: 1e300, used: 1 } }),
    ]);
    expect(ledger.step('r', 1).budget).toEqual({ seconds: 1e300, used: 1, over: false });
    expect(ledger.queries.totals().get('malformed')).toBeUndefined();
  });
});
