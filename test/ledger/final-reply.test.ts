import { describe, expect, it } from 'vitest';
import { digest } from '../../src/core/json.ts';
import type { Entered } from '../../src/ledger/book.ts';
import { openBook } from './open-book.ts';
import { announced, batchOf, noon, settled } from './records.ts';

const asking = { replyTo: '/queue/answers', correlationId: 'c-1', replyBy: noon + 60_000 };
const sendsOf = (entered: Entered): readonly object[] => [...entered.sends.values()].flat();
const bodyOf = (entered: Entered): unknown => {
  const [first] = [...entered.sends.values()].flat();
  return first && JSON.parse(String(first.body));
};

describe('the final reply', () => {
  it('is due when the run ends, from the message that ended it, for the replier', async () => {
    await using ledger = await openBook();
    expect(sendsOf(ledger.enter([announced('r', asking)]))).toEqual([]);
    const ended = ledger.enter([settled('x', 1, 'done')], [settled('r', 1, 'done')]);
    expect([...ended.sends.keys()]).toEqual(['m2', 'm3']);
    expect(ended.sends.get('m2')).toEqual([]);
    expect(ended.sends.get('m3')).toEqual([
      {
        destination: '/queue/baton.replies',
        headers: {
          'baton-key': digest('r', 'final'),
          'baton-run': 'r',
          'baton-status': 'finished',
          'baton-reply-to': '/queue/answers',
          'baton-correlation-id': 'c-1',
          'baton-reply-by': String(noon + 60_000),
        },
        body: expect.any(String),
      },
    ]);
    expect(bodyOf(ended)).toMatchObject({ status: 'finished', run: 'r', counts: { sent: 1, done: 1, dead: 0 } });
  });

  it('says failed, and why, when a message ended in a dead-letter queue', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r', { ...asking, sends: { '1': 2 } })]);
    const cause = { code: 'services.timeout', message: 'no answer in 5 s' };
    const ended = ledger.enter([settled('r', 1, 'dead', { cause }), settled('r', 1, 'dead', { n: 2 })]);
    const reason =
      '2 messages ended in a dead-letter queue; the first at step 1 (service-1): services.timeout: no answer in 5 s';
    expect(bodyOf(ended)).toMatchObject({ status: 'failed', state: 'failed', reason, counts: { dead: 2 } });
  });

  it('says failed when the run was cancelled', async () => {
    await using ledger = await openBook();
    const ended = ledger.enter([announced('r', asking), settled('r', 1, 'cancelled')]);
    expect(bodyOf(ended)).toMatchObject({ status: 'failed', state: 'cancelled', reason: 'The run was cancelled.' });
  });

  it('goes to nobody when nobody asked', async () => {
    await using ledger = await openBook();
    expect(sendsOf(ledger.enter([announced('r'), settled('r', 1, 'done')]))).toEqual([]);
  });

  it('is sent again with the message that caused it, until that is acknowledged', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r', asking)]);
    const message = { messageId: 'ID:ends', body: batchOf(settled('r', 1, 'done')) };
    const first = ledger.book.enter([message]);
    const again = ledger.book.enter([message]);
    expect(sendsOf(first)).toHaveLength(1);
    expect(sendsOf(again)).toEqual(sendsOf(first));
    ledger.book.forget(['ID:ends']);
    expect(sendsOf(ledger.book.enter([message]))).toEqual([]);
  });

  it('is not caused by another message with the same record', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r', asking)], [settled('r', 1, 'done')]);
    expect(sendsOf(ledger.enter([settled('r', 1, 'done')]))).toEqual([]);
  });

  it('is given once, also when the run goes on and ends again', async () => {
    await using ledger = await openBook();
    expect(sendsOf(ledger.enter([announced('r', asking), settled('r', 1, 'dead')]))).toHaveLength(1);
    expect(sendsOf(ledger.enter([settled('r', 1, 'done', { attempt: 2 })]))).toEqual([]);
    expect(ledger.run('r')).toMatchObject({ state: 'finished', waiting: 0 });
  });

  it('waits for the announcement, when the records of the steps come first', async () => {
    await using ledger = await openBook();
    expect(sendsOf(ledger.enter([settled('r', 1, 'done')]))).toEqual([]);
    expect(sendsOf(ledger.enter([announced('r', asking)]))).toHaveLength(1);
  });
});
