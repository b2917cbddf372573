import { currentStep, parseEnvelope, runOf } from '../recipes/message.ts';
import { readSettings } from '../recipes/settings.ts';
import { budgetUsed } from '../services/budget.ts';
import { deliveryId, type Received } from '../services/received.ts';
import type { AnnouncementRecord, StepOutcome, StepRecord } from '../services/record.ts';
import { contextOf } from '../services/run-context.ts';

const outcomes: Readonly<Record<AnnouncementRecord['outcome'], StepOutcome>> = {
  accepted: 'done',
  duplicate: 'done',
  refused: 'dead',
  later: 'later',
};

/**
 * The record of the step whose message an announcement is, when a recipe announced: for that recipe's run it is a
 * message like any other, and has to be accounted for. None for announcements from outside.
 */
export function announcingStep(message: Received, announcement: AnnouncementRecord): readonly StepRecord[] {
  const { delivery, key, attempt, deferral, reinjected, sent } = message;
  if (delivery.headers['workflows-recipe']?.toLowerCase() !== 'true') return [];
  try {
    const envelope = parseEnvelope(delivery.body);
    const { outcome, queue, host, settled, reason } = announcement;
    return [
      {
        kind: 'step',
        id: deliveryId(message),
        run: runOf(envelope),
        key,
        messageId: delivery.messageId,
        step: envelope.pointer,
        queue,
        service: 'dispatcher',
        host,
        attempt,
        deferral,
        ...(reinjected > 0 ? { reinjected } : {}),
        outcome: outcomes[outcome],
        ...(reason === undefined ? {} : { cause: { code: outcome, message: reason } }),
        path: envelope.path,
        sent,
        received: delivery.receivedAt,
        started: delivery.receivedAt,
        finished: settled,
        budget: budgetUsed(readSettings(currentStep(envelope)), contextOf(envelope.environment), settled),
        sends: {},
        outputs: [],
      },
    ];
  } catch {
    // It says that it is a step's, and is not: then no run waits for it.
    return [];
  }
}
