import { describe, expect, it } from 'vitest';
import type { QueueView, ServiceView } from '../../src/monitor/api.ts';
import { checks, type Facts } from '../../src/monitor/checks.ts';
import { noon } from '../ledger/records.ts';

const service: ServiceView = {
  host: 'a.1',
  service: 'file-watch',
  serviceClass: 'file-watch',
  status: 2,
  statusText: 'idle',
  utilization: {},
  lastSeen: noon,
  lost: false,
  extra: {},
};

const queue = (name: string, changes: Partial<QueueView> = {}): QueueView => ({
  ...{ name, waiting: 0, inFlight: 0, consumers: 1, enqueued: 0, dequeued: 0, inRate: 0, outRate: 0 },
  ...changes,
});

const well: Facts = {
  now: noon,
  disconnected: undefined,
  ledgerTrouble: undefined,
  malformed: 0,
  queuesTold: noon - 1_000,
  queues: [queue('work'), queue('baton.ledger')],
  unreadSince: new Map(),
  services: [service],
  disk: { free: 50e9, total: 100e9 },
};

describe('the checks', () => {
  it('pass when all is well, with nothing to do', () => {
    const findings = checks.map((check) => check(well));
    expect(findings.filter(({ state, advice }) => state !== 'pass' || advice !== undefined)).toEqual([]);
  });

  it.each([
    ['broker', { disconnected: 'The connection was lost' }, 'error', 'The connection was lost'],
    ['broker', { queuesTold: undefined }, 'notice', 'does not tell what is in its queues'],
    ['broker', { queuesTold: noon - 31_000 }, 'notice', 'does not tell what is in its queues'],
    ['ledger', { ledgerTrouble: 'database or disk is full' }, 'error', 'cannot write: database or disk is full'],
    [
      'ledger',
      { queues: [queue('baton.ledger', { waiting: 5_000, inFlight: 200 })] },
      'warning',
      '5200 record messages wait',
    ],
    ['ledger', { malformed: 2 }, 'notice', '2 messages to the ledger could not be read as records and were put aside'],
    ['services', { services: [] }, 'notice', 'No service has been heard of'],
    [
      'services',
      { services: [service, { ...service, host: 'b.2', lost: true }] },
      'warning',
      '1 service went silent: file-watch on b.2.',
    ],
    ['dead letters', { queues: [queue('DLQ.work', { waiting: 3 })] }, 'warning', 'DLQ.work (3)'],
    ['dead letters', { queues: [queue('ActiveMQ.DLQ', { waiting: 1 })] }, 'warning', 'ActiveMQ.DLQ (1)'],
    ['disk', { disk: { free: 4e9, total: 100e9 } }, 'notice', '4.0 GB free of 100.0'],
    ['disk', { disk: { free: 0.9e9, total: 100e9 } }, 'warning', '0.9 GB free'],
    ['disk', { disk: { free: 0.1e9, total: 100e9 } }, 'error', '0.1 GB free'],
    ['disk', { disk: undefined }, 'notice', 'not known'],
  ] as const)('of the %s given %j find %s: %s', (check, facts, state, message) => {
    const finding = checks.map((one) => one({ ...well, ...facts })).find((one) => one.check === check);
    expect(finding).toMatchObject({ state, message: expect.stringContaining(message) });
  });

  it('warn of a queue that nobody reads, but not at once, and of a dead-letter queue in another place', () => {
    const queues = [
      queue('old', { waiting: 7, consumers: 0 }),
      queue('new', { waiting: 1, consumers: 0 }),
      queue('DLQ.work', { waiting: 3, consumers: 0 }),
    ];
    const unreadSince = new Map([
      ['old', noon - 5_000],
      ['new', noon - 4_999],
      ['DLQ.work', noon - 60_000],
    ]);
    const finding = checks
      .map((check) => check({ ...well, queues, unreadSince }))
      .find(({ check }) => check === 'queues');
    expect(finding).toMatchObject({ state: 'warning', message: 'Messages wait in queues that nobody reads: old (7).' });
  });

  it('say what to do whenever something is wrong and can be helped', () => {
    const ill: Facts = {
      ...well,
      disconnected: 'gone',
      ledgerTrouble: 'full',
      services: [],
      disk: { free: 0, total: 1 },
    };
    const findings = checks.map((check) => check(ill)).filter(({ state }) => state !== 'pass');
    expect(findings.map(({ check, advice }) => [check, typeof advice])).toEqual([
      ['broker', 'string'],
      ['ledger', 'string'],
      ['services', 'string'],
      ['disk', 'string'],
    ]);
  });
});
