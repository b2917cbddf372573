import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { Retention } from '../../src/ledger/retention/retention.ts';
import { standardKeep } from '../../src/ledger/retention/keep.ts';
import type { RunMessage } from '../../src/ledger/run-messages.ts';
import { startMessages } from '../../src/recipes/route.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { openBook, type OpenBook } from './open-book.ts';
import { announced, noon, reinjected, settled } from './records.ts';

const recipe: Recipe = { 1: { queue: 'queue.1', output: 2 }, 2: { queue: 'queue.2' }, start: [[1, { n: 1 }]] };

function messagesOf(ledger: OpenBook): readonly RunMessage[] {
  return ledger.queries.messages('r')?.messages ?? [];
}

describe('the messages of a run', () => {
  it('are those that its recipe begins with, and those that were sent, each with what became of it', async () => {
    await using ledger = await openBook();
    const [start] = startMessages(recipe, { ID: 'r' }, 'r');
    const key = start?.key ?? '';
    const output = { step: 2, channel: '', key: 'r/2/1', bytes: 3, payload: 'a' };
    ledger.enter([
      announced('r', { recipe }),
      settled('r', 1, 'done', { key, id: `${key}.1.0`, outputs: [output], sends: { 2: 1 } }),
      settled('r', 2, 'error-link'),
    ]);
    expect(messagesOf(ledger)).toEqual([
      { key, step: 1, overErrorLink: false, payload: { n: 1 }, bytes: 7, fate: 'done' },
      {
        key: 'r/2/1',
        step: 2,
        sender: { key, step: 1 },
        overErrorLink: false,
        payload: 'a',
        bytes: 3,
        fate: 'error-link',
      },
    ]);
    expect(ledger.queries.messages('r')?.steps.get(2)).toEqual({ sent: 1, known: 1, leavesRecords: true });
    expect(ledger.queries.messages('nobody')).toBeUndefined();
  });

  it.each<readonly [string, readonly LedgerRecord[], string | undefined]>([
    [
      'as it ended after it was sent again',
      [settled('r', 1, 'dead'), reinjected('r', 1, 1), settled('r', 1, 'done', { reinjected: 1 })],
      'done',
    ],
    [
      'as it died once more',
      [settled('r', 1, 'dead'), reinjected('r', 1, 1), settled('r', 1, 'dead', { reinjected: 1 })],
      'dead',
    ],
    [
      'as it ended, whatever became of its duplicate',
      [settled('r', 1, 'joined'), settled('r', 1, 'duplicate', { attempt: 2 })],
      'joined',
    ],
    ['not yet, while it is tried again', [settled('r', 1, 'retry')], undefined],
  ])('have ended %s', async (_how, records, fate) => {
    await using ledger = await openBook();
    ledger.enter([announced('r'), ...records]);
    expect(messagesOf(ledger).map((message) => message.fate)).toEqual([fate]);
  });

  it('are those that a part was begun with, until their payloads are removed', async () => {
    const clock = { ...systemClock, now: () => noon };
    await using ledger = await openBook(clock);
    const started = [
      { step: 2, channel: '', key: 'r/2/1', bytes: 3, payload: 'a' },
      { step: 2, channel: '', key: 'r/2/2', bytes: 20, payload: { error: {} }, overErrorLink: true as const },
    ];
    ledger.enter([announced('r', { recipe, started, sends: { 2: 2 } })]);
    ledger.enter([settled('r', 2, 'done'), settled('r', 2, 'done', { n: 2 })]);
    expect(messagesOf(ledger)).toEqual([
      { key: 'r/2/1', step: 2, overErrorLink: false, payload: 'a', bytes: 3, fate: 'done' },
      { key: 'r/2/2', step: 2, overErrorLink: true, payload: { error: {} }, bytes: 20, fate: 'done' },
    ]);
    ledger.enter([announced('last', { sends: {} })]);
    const later = { ...systemClock, now: () => noon + 31 * 24 * 3600 * 1000 };
    const retention = new Retention({ store: ledger.store, keep: standardKeep, clock: later, log: silent });
    while (retention.step());
    expect(messagesOf(ledger).map(({ payload, bytes }) => [payload, bytes])).toEqual([
      [undefined, 3],
      [undefined, 20],
    ]);
  });
});
