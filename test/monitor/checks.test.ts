import { describe, expect, it } from 'vitest';
import type { QueueView, ServiceView, UntakenView } from '../../src/monitor/api.ts';
import { checks } from '../../src/monitor/checks.ts';
import type { Facts, Finding } from '../../src/monitor/checks/check.ts';
import { standardLimits } from '../../src/monitor/limits.ts';
import type { StoreFigures } from '../../src/monitor/stores.ts';
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

const store = (changes: Partial<StoreFigures> = {}): StoreFigures => ({
  ...{ name: 'ledger', folder: '/srv/ledger', free: 50e9, total: 100e9, commitSeconds: 0.004, isReserveUsed: false },
  ...changes,
});

const untaken: UntakenView = {
  ...{ backend: 'bullmq', jobs: 2, since: noon - 6_000, advice: 'Start one.' },
  message: '2 programs wait for bullmq, and no worker is there to take them.',
};

const well: Facts = {
  now: noon,
  limits: standardLimits,
  version: '1.2.3',
  answerSeconds: 0.002,
  usage: new Map([['memory', 12]]),
  oldestSince: new Map(),
  heldBackSince: new Map(),
  pauses: [],
  clocks: new Map([['a', 12]]),
  newDeadLetters: 0,
  newOverBudget: 0,
  untold: [],
  disconnected: undefined,
  ledgerTrouble: undefined,
  isLedgerTooLarge: false,
  malformed: 0,
  queuesTold: noon - 1_000,
  queues: [queue('work'), queue('baton.ledger')],
  unreadSince: new Map(),
  services: [service],
  jobs: { untaken: [], unheard: [] },
  stores: [store()],
  backfills: [],
};

function findings(facts: Facts): readonly Finding[] {
  return checks.flatMap((check) => check(facts) ?? []);
}

describe('the checks', () => {
  it('pass when all is well, with nothing to do', () => {
    expect(findings(well).map(({ check }) => check)).toHaveLength(checks.length);
    expect(findings(well).filter(({ state, advice }) => state !== 'pass' || advice !== undefined)).toEqual([]);
  });

  it.each([
    ['broker', { disconnected: 'The connection was lost' }, 'error', 'The connection was lost'],
    ['broker', { queuesTold: undefined }, 'notice', 'does not tell what is in its queues'],
    ['broker', { queuesTold: noon - 31_000 }, 'notice', 'does not tell what is in its queues'],
    ['ledger', { isLedgerTooLarge: true }, 'warning', 'larger than ledger.keep.megabytes'],
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
      'programs',
      { jobs: { untaken: [untaken], unheard: [] } },
      'warning',
      '2 programs wait for bullmq, and no worker is there to take them.',
    ],
    [
      'programs',
      { jobs: { untaken: [], unheard: [{ host: 'mx.1', jobs: 3, heard: noon - 60_000, isUnheard: true }] } },
      'warning',
      'Services that hold programs are not heard of: mx.1 (3, 60 s)',
    ],
    ['programs', { jobs: { untaken: [{ ...untaken, since: noon - 1_000 }], unheard: [] } }, 'pass', 'can be taken'],
    [
      'services',
      { services: [service, { ...service, host: 'b.2', lost: true }] },
      'warning',
      '1 service went silent: file-watch on b.2.',
    ],
    ['dead letters', { queues: [queue('DLQ.work', { waiting: 3 })] }, 'warning', 'DLQ.work (3)'],
    ['dead letters', { queues: [queue('ActiveMQ.DLQ', { waiting: 1 })] }, 'warning', 'ActiveMQ.DLQ (1)'],
    [
      'dead letters',
      { newDeadLetters: 20, queues: [queue('DLQ.a', { waiting: 25 })] },
      'error',
      '25 messages that nobody could process (20 came within ten minutes): DLQ.a (25).',
    ],
    [
      'back-fills',
      { backfills: [{ id: 'abc', since: noon - 1_900_000, waiting: 3, underWay: 1 }] },
      'warning',
      'abc for 31 min, with 1 run under way and 3 runs waiting',
    ],
    ['disk', { stores: [store({ free: 4.9e9, total: 20e9 })] }, 'notice', '4.9 GB free of 20.0 GB'],
    [
      'disk',
      { stores: [store(), store({ name: 'broker', free: 0.9e9, total: 9e9 })] },
      'warning',
      'of the broker has 0.9',
    ],
    ['disk', { stores: [store({ free: 0.1e9, total: 1e9 })] }, 'error', '0.1 GB free'],
    ['disk', { stores: [store({ free: 150e9, total: 10e12 })] }, 'warning', '(2 %)'],
    [
      'disk',
      { stores: [store({ trouble: 'EROFS: read-only file system' })] },
      'error',
      '/srv/ledger) cannot be written: EROFS',
    ],
    ['disk', { stores: [store({ isReserveUsed: true })] }, 'error', 'its reserve is in use'],
    ['disk', { stores: [] }, 'notice', 'not known'],
    [
      'disk speed',
      { stores: [store(), store({ commitSeconds: 2.5 })] },
      'warning',
      'takes 2.5 s until it is on the disk',
    ],
    ['broker', { answerSeconds: 6 }, 'warning', 'takes 6.0 s to answer'],
    [
      'broker',
      {
        usage: new Map([
          ['memory', 20],
          ['store', 99],
        ]),
      },
      'error',
      'uses 99 % of its limit of store',
    ],
    [
      'oldest message',
      {
        oldestSince: new Map([
          ['b', noon - 2_000_000],
          ['a', noon],
        ]),
      },
      'warning',
      '33 min or more, in b',
    ],
    [
      'held back',
      { heldBackSince: new Map([['a on h.1 (wait in b)', noon - 6_000]]) },
      'notice',
      'a on h.1 (wait in b)',
    ],
    ['versions', { services: [{ ...service, version: '1.2.2' }] }, 'notice', 'file-watch on a.1 (1.2.2)'],
    [
      'clocks',
      {
        clocks: new Map([
          ['h', -7_000],
          ['broker', 2_000],
        ]),
      },
      'warning',
      'that of h 7.0 s behind, the broker’s 2.0 s',
    ],
    ['budgets', { newOverBudget: 1 }, 'notice', '1 step went over its budget within ten minutes'],
    [
      'alerts',
      { untold: [{ receiver: 'oncall', reason: 'status 500' }] },
      'warning',
      'do not reach oncall (status 500)',
    ],
  ] as const)('of the %s given %j find %s: %s', (check, facts, state, message) => {
    const finding = findings({ ...well, ...(facts as Partial<Facts>) }).find((one) => one.check === check);
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
    const finding = findings({ ...well, queues, unreadSince }).find(({ check }) => check === 'queues');
    expect(finding).toMatchObject({ state: 'warning', message: 'Messages wait in queues that nobody reads: old (7).' });
  });

  it('have limits that a site may set, and take away', () => {
    const limits = { ...standardLimits, clockSeconds: { notice: null, warning: 0.005, error: null } };
    const found = (ahead: number) => findings({ ...well, limits, clocks: new Map([['h', ahead]]) });
    expect(found(7).find(({ check }) => check === 'clocks')?.state).toBe('warning');
    expect(found(4).find(({ check }) => check === 'clocks')?.state).toBe('pass');
  });

  it('say what to do whenever something is wrong and can be helped', () => {
    const ill: Facts = {
      ...well,
      disconnected: 'gone',
      ledgerTrouble: 'full',
      services: [],
      stores: [store({ free: 0, total: 1 })],
    };
    const wrong = findings(ill).filter(({ state }) => state !== 'pass');
    expect(wrong.map(({ check, advice }) => [check, typeof advice])).toEqual([
      ['broker', 'string'],
      ['ledger', 'string'],
      ['services', 'string'],
      ['disk', 'string'],
    ]);
  });
});
