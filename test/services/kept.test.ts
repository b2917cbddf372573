import { expect, test } from 'vitest';
import { KeptDecisions } from '../../src/services/kept.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import type { Decision } from '../../src/services/settlement.ts';

const sending = (bytes: number): Decision => ({
  sends: [{ destination: '', body: 'x'.repeat(bytes) }],
  records: [],
});

test('a decision is kept until it is taken, and the latest under an id counts', () => {
  const kept = new KeptDecisions();
  const [first, second] = [sending(1), sending(2)];
  kept.keep('a', first);
  kept.keep('a', second);
  expect(kept.take('a')).toBe(second);
  expect(kept.take('a')).toBeUndefined();
});

test('what a decision tells the ledger counts, too', () => {
  const kept = new KeptDecisions({ messages: 10, bytes: 1000 });
  const telling = { sends: [], records: [{ kind: 'step', payload: 'x'.repeat(600) } as unknown as LedgerRecord] };
  kept.keep('a', telling);
  kept.keep('b', telling);
  expect([kept.take('a'), kept.take('b')]).toEqual([undefined, telling]);
});

test('of more than may be kept, in number or in bytes, the oldest are forgotten', () => {
  const kept = new KeptDecisions({ messages: 3, bytes: 100 });
  for (const id of ['a', 'b', 'c', 'd']) kept.keep(id, sending(10));
  expect(kept.take('a')).toBeUndefined();
  kept.keep('e', sending(85));
  expect([kept.take('b'), kept.take('c')]).toEqual([undefined, undefined]);
  expect([kept.take('d'), kept.take('e')]).toEqual([sending(10), sending(85)]);
});
