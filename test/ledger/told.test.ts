import { describe, expect, it } from 'vitest';
import type { ProgressRecord } from '../../src/services/record.ts';
import { openBook } from './open-book.ts';
import { announced, noon, settled } from './records.ts';

/** A record of step 1, at work, that tells step 2 (or a topic) something. */
function told(numbers: readonly number[], changes: Partial<ProgressRecord> = {}): ProgressRecord {
  const messages = numbers.map((n) => ({
    step: 2,
    channel: 'updates',
    key: `u${n}`,
    queue: 'two',
    delay: 0,
    payload: n,
  }));
  return {
    kind: 'progress',
    ...{ id: `u${numbers[0]}`, run: 'r', step: 1, queue: 'programs', service: 'command', time: noon + 10, sent: noon },
    envelope: { environment: { ID: 'r' }, recipe: { 1: {}, 2: { queue: 'two' }, start: [[1, null]] }, path: [1] },
    messages,
    ...changes,
  };
}

describe('what a step tells while it works', () => {
  it('is sent on in its order, each message once, however often it is told of', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')]);
    const first = ledger.enter([told([1, 2])]);
    const again = ledger.enter([told([1, 2, 3])], [told([3])]);
    const bodies = [first, again].map(({ sends }) =>
      [...sends.values()].flat().map(({ destination, headers, body }) => ({
        destination,
        key: headers?.['baton-key'],
        message: JSON.parse(String(body)) as object,
      })),
    );
    expect(bodies[0]).toMatchObject([
      { destination: '/queue/two', key: 'u1', message: { payload: 1, 'recipe-pointer': 2, 'recipe-path': [1] } },
      { destination: '/queue/two', key: 'u2', message: { payload: 2 } },
    ]);
    expect(bodies[1]).toMatchObject([{ key: 'u3', message: { payload: 3 } }]);
  });

  it('is sent with the acknowledgement of its record, and again with it when that comes again', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [told([1])]);
    const again = ledger.book.enter([{ messageId: 'm2', body: Buffer.from('{"records":[]}') }]);
    expect(again.sends.get('m2')).toHaveLength(1);
    ledger.book.forget(['m2']);
    expect(ledger.book.enter([{ messageId: 'm2', body: Buffer.from('{"records":[]}') }]).sends.get('m2')).toEqual([]);
  });

  it('is counted: the run ends when those messages are settled, too', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r')], [told([1, 2])]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', sent: 3, waiting: 3, inferred: false });
    ledger.enter([settled('r', 1, 'done', { sends: {} })]);
    expect(ledger.run('r')).toMatchObject({ state: 'running', waiting: 2 });
    ledger.enter([settled('r', 2, 'done', { n: 1 }), settled('r', 2, 'done', { n: 2 })]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', sent: 3, waiting: 0, inferred: false });
  });

  it('is refused where it is no such record, and harms no other', async () => {
    await using ledger = await openBook();
    const messages = [{ step: 2, key: '', channel: 'updates', queue: 'two', delay: -1, payload: 1 }];
    ledger.enter([announced('r')], [told([1], { messages })], [told([2])]);
    expect(ledger.run('r')).toMatchObject({ sent: 2 });
  });
});

it('a delivery says what the program took that was run for it', async () => {
  await using ledger = await openBook();
  const program = { name: 'xia2', backend: 'local', host: 'h', exitCode: 0, waited: 0.5, seconds: 12, peakMemory: 1e9 };
  ledger.enter([announced('r'), settled('r', 1, 'done', { program })]);
  expect(ledger.run('r').deliveries[0]).toMatchObject({ program });
});
