import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/reprocess/gate.ts';

const up = { isConnected: true, isEntering: true };
const rules = { quietSeconds: 60, queueHigh: 100, queueLow: 10 };

/** A gate that was told of empty queues at 0. */
function gate(): Gate {
  const made = new Gate(rules);
  made.queues([], 0);
  return made;
}

describe('what holds back-fills', () => {
  it('is nothing while all is quiet', () => expect(gate().hold(1, up)).toBeUndefined());

  it('is live data, since its first announcement and until it has been quiet', () => {
    const held = gate();
    held.live(1_000, 'i24');
    held.live(20_000, 'i03');
    expect(held.hold(20_001, up)).toEqual({ why: 'live', since: 1_000, until: 80_000, beamlines: ['i03', 'i24'] });
    held.queues([], 79_999);
    expect(held.hold(79_999, up)).toMatchObject({ why: 'live' });
    expect(held.hold(80_000, up)).toBeUndefined();
    held.live(90_000, 'i24');
    expect(held.hold(90_000, up)).toMatchObject({ since: 90_000, beamlines: ['i24'] });
  });

  it('is not live data that came late to the ledger', () => {
    const held = gate();
    held.live(1_000);
    held.queues([], 100_000);
    expect(held.hold(100_000, up)).toBeUndefined();
  });

  it('is an announcement that nobody has read yet', () => {
    const held = gate();
    held.queues([{ name: 'data-collection', waiting: 2 }], 5);
    held.queues([{ name: 'data-collection', waiting: 1 }], 9);
    expect(held.hold(9, up)).toEqual({ why: 'waiting', since: 5, queue: 'data-collection', messages: 1 });
    held.queues([{ name: 'data-collection', waiting: 0 }], 10);
    expect(held.hold(10, up)).toBeUndefined();
  });

  it('is a deep queue, until it is shallow and not only less deep', () => {
    const held = gate();
    const depths = [99, 100, 60, 11, 10, 99, 100];
    const found = depths.map((waiting, time) => {
      held.queues([{ name: 'spots', waiting }], time);
      return held.hold(time, up)?.why;
    });
    expect(found).toEqual([undefined, 'deep', 'deep', 'deep', undefined, undefined, 'deep']);
    expect(held.hold(6, up)).toEqual({ why: 'deep', since: 6, queue: 'spots', messages: 100 });
  });

  it('are neither dead letters nor what is parked', () => {
    const held = gate();
    held.queues(
      ['DLQ.spots', 'ActiveMQ.DLQ', 'baton.later.4'].map((name) => ({ name, waiting: 1e6 })),
      1,
    );
    expect(held.hold(1, up)).toBeUndefined();
    held.queues([{ name: 'baton.ledger', waiting: 1e6 }], 2);
    expect(held.hold(2, up)).toMatchObject({ why: 'deep', queue: 'baton.ledger' });
  });

  it('is that nobody knows', () => {
    expect(new Gate(rules).hold(5, up)).toEqual({ why: 'queues', since: 5 });
    const held = gate();
    expect(held.hold(30_000, up)).toBeUndefined();
    expect(held.hold(30_001, up)).toMatchObject({ why: 'queues' });
    expect(held.hold(7, { ...up, isConnected: false })).toEqual({ why: 'broker', since: 7 });
    expect(held.hold(9, { ...up, isConnected: false })).toEqual({ why: 'broker', since: 7 });
    expect(held.hold(11, { ...up, isEntering: false })).toEqual({ why: 'ledger', since: 11 });
    expect(held.hold(12, up)).toBeUndefined();
  });

  it('is no live data where the site says so', () => {
    const held = new Gate({ ...rules, quietSeconds: 0 });
    held.queues([], 0);
    held.live(10);
    expect(held.hold(10, up)).toBeUndefined();
  });
});
