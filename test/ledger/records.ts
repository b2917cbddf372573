import type {
  AnnouncementRecord,
  CancellationRecord,
  LedgerRecord,
  ReinjectionRecord,
  ReplyRecord,
  StepRecord,
} from '../../src/services/record.ts';

/** A time in the tests' past, in milliseconds since 1970. */
export const noon = Date.UTC(2026, 10, 20, 12);

/** The record of an accepted announcement that started one message at step 1. */
export function announced(run: string, changes: Partial<AnnouncementRecord> = {}): AnnouncementRecord {
  return {
    kind: 'announcement',
    id: `announcement of ${run}`,
    messageId: `message of ${run}`,
    outcome: 'accepted',
    run,
    queue: 'data-collection',
    host: 'host.1',
    received: noon,
    settled: noon + 5,
    recipes: ['gridscan'],
    parameters: { guid: run },
    sends: { '1': 1 },
    ...changes,
  };
}

/** The record of a message to a step; its key names the run, the step and its number there. */
export function settled(
  run: string,
  step: number,
  outcome: StepRecord['outcome'],
  {
    n = 1,
    attempt = 1,
    deferral = 0,
    reinjected: times = 0,
    ...changes
  }: Partial<StepRecord> & { readonly n?: number } = {},
): StepRecord {
  const key = `${run}/${String(step)}/${String(n)}`;
  return {
    kind: 'step',
    id: `${key}.${String(attempt)}.${String(deferral)}${times > 0 ? `.r${String(times)}` : ''}`,
    run,
    key,
    messageId: `ID:${key}`,
    step,
    queue: `queue.${String(step)}`,
    service: `service-${String(step)}`,
    host: 'host.2',
    attempt,
    deferral,
    reinjected: times,
    outcome,
    path: Array.from({ length: step - 1 }, (_, before) => before + 1),
    sent: noon + 10,
    received: noon + 11,
    started: noon + 12,
    finished: noon + 20,
    sends: {},
    outputs: [],
    ...changes,
  };
}

/** The record of the re-injection of the first dead letter of a step, for the `times`th time. */
export function reinjected(run: string, step: number, times: number): ReinjectionRecord {
  return { kind: 'reinjection', id: `${run}/${String(step)}/1.r${String(times)}`, run, step, time: noon + 25 };
}

/** The wish that a run be cancelled. */
export function cancelled(run: string, changes: Partial<CancellationRecord> = {}): CancellationRecord {
  return {
    kind: 'cancellation',
    id: `cancellation of ${run}`,
    run,
    user: 'ann',
    reason: 'the wrong sample',
    ...changes,
  };
}

/** The record of an answer. */
export function replied(run: string, changes: Partial<ReplyRecord> = {}): ReplyRecord {
  const reply = { kind: 'reply', id: `reply to ${run}`, run, status: 'finished', to: '/queue/answers' } as const;
  return { ...reply, outcome: 'sent', time: noon + 30, ...changes };
}

/** The body of a message of the queue `baton.ledger`. */
export function batchOf(...records: readonly LedgerRecord[]): Buffer {
  return Buffer.from(JSON.stringify({ records }));
}
