import { messageOf } from '../core/errors.ts';
import { failed, causeOf, type SentOn } from './outcome.ts';
import { groupKey } from '../recipes/keys.ts';
import { parseEnvelope, runOf } from '../recipes/message.ts';
import type { Expect, Work } from './consumer.ts';
import type { JoinWork } from './join-work.ts';
import { deadLetterQueue } from './names.ts';
import { bodyOf, senderHeaders, type Received } from './received.ts';
import type { Cause } from './record.ts';
import { priorityOf } from './run-context.ts';
import { deadLettered, errorHeaders } from './route.ts';
import type { Decision } from './settlement.ts';
import { decide, run, surround, type StepSurroundings } from './stages.ts';
import { crash, type Suspect } from './suspects.ts';
import { inputOf, unwrap, type Task, type Unwrapped } from './task.ts';

/** The work of a step of a recipe: unwrap ▸ handle ▸ route. */
export class StepWork implements Work {
  readonly #surroundings: StepSurroundings;
  readonly #joins: JoinWork | undefined;

  constructor(surroundings: StepSurroundings, joins?: JoinWork) {
    this.#surroundings = surroundings;
    this.#joins = joins;
  }

  async decide(message: Received, signal: AbortSignal, expect: Expect): Promise<Decision | 'held'> {
    const { cancellations, clock } = this.#surroundings;
    if (!cancellations.isCurrent) await cancellations.current();
    const unwrapped = this.#unwrap(message);
    if ('sends' in unwrapped) return unwrapped;
    const { task, decided } = unwrapped;
    const started = clock.now();
    if (cancellations.has(task.run)) this.#abandon(task);
    if (cancellations.has(task.run)) return decide([task], { kind: 'cancelled' }, started, this.#surroundings);
    if (decided) return decide([task], decided, started, this.#surroundings);
    if (task.settings.join) return this.#join(task, started);
    if (task.timeout !== this.#surroundings.service.timeout) await expect(task.timeout);
    return decide([task], await run(task, [task], signal, this.#surroundings), started, this.#surroundings);
  }

  isCancelled(message: Received): boolean {
    const { cancellations } = this.#surroundings;
    if (cancellations.isEmpty) return false;
    try {
      return cancellations.has(runOf(parseEnvelope(message.delivery.body)));
    } catch {
      return false;
    }
  }

  refused(message: Received, error: unknown): Decision {
    const unwrapped = this.#unwrap(message);
    if ('sends' in unwrapped) return unwrapped;
    const now = this.#surroundings.clock.now();
    return decide([unwrapped.task], failed(error, 'refused'), now, this.#surroundings);
  }

  crashed(message: Received, suspect: Suspect): Decision {
    const unwrapped = this.#unwrap(message);
    if ('sends' in unwrapped) return unwrapped;
    const { task } = unwrapped;
    this.#abandon(task);
    const cause = crash(suspect);
    const around = surround(this.#surroundings, this.#surroundings.clock.now());
    return deadLettered([task], cause, around, this.#lastWords(task, cause));
  }

  /** Nobody is going to work on the message. */
  #abandon(task: Task): void {
    const { processor, log } = this.#surroundings;
    processor.abandoned?.(inputOf(task, [task]), task.message.key).catch((error: unknown) => {
      log.warn({ run: task.run, reason: messageOf(error) }, 'what was begun for a message goes on');
    });
  }

  /** A service that always has something to say at the end says it here, too. */
  #lastWords(task: Task, cause: Cause): readonly SentOn[] {
    try {
      return this.#surroundings.processor.crashed?.(inputOf(task, [task]), cause) ?? [];
    } catch (error) {
      this.#surroundings.log.error({ run: task.run, reason: messageOf(error) }, 'nothing is told of a crash');
      return [];
    }
  }

  forget(): void {
    this.#joins?.forget();
  }

  /** What cannot be understood is dead-lettered as it came. It belongs to no run that is known, so the ledger has no place for it. */
  #unwrap(message: Received): Unwrapped | Decision {
    try {
      return unwrap(message, this.#surroundings.service, this.#surroundings.readers);
    } catch (error) {
      const { delivery } = message;
      const cause = causeOf(error, 'unreadable');
      this.#surroundings.log.warn({ messageId: delivery.messageId, cause }, 'message not understood, dead-lettered');
      const headers = {
        ...senderHeaders(delivery),
        ...errorHeaders(cause),
        'original-destination': delivery.destination,
      };
      return {
        sends: [{ destination: deadLetterQueue(delivery.destination), headers, body: bodyOf(delivery) }],
        records: [],
      };
    }
  }

  #join(task: Task, started: number): Decision | 'held' {
    if (!this.#joins) {
      const reason = `The step declares a join, but the service ${this.#surroundings.service.name} does not join.`;
      return decide(
        [task],
        { kind: 'rejected', cause: { code: 'join', message: reason } },
        started,
        this.#surroundings,
      );
    }
    return task.message.group === undefined ? this.#regroup(task) : this.#joins.admit(task, started);
  }

  /** A member that came ungrouped, from a Python service, is sent again in its group, so that all members come to one consumer. */
  #regroup({ message, run, envelope, settings, context }: Task): Decision {
    const group = groupKey(run, envelope.pointer, settings, envelope.payload) ?? run;
    const headers = {
      ...senderHeaders(message.delivery),
      ...priorityOf(context),
      JMSXGroupID: group,
      'baton-group': group,
      'baton-key': message.key,
    };
    return {
      sends: [{ destination: message.delivery.destination, headers, body: bodyOf(message.delivery) }],
      records: [],
    };
  }
}
