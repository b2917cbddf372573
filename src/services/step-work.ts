import { orAborted } from '../core/abort.ts';
import { messageOf } from '../core/errors.ts';
import { failed, causeOf, type Outcome, type SentOn } from './outcome.ts';
import { groupKey } from '../recipes/keys.ts';
import { parseEnvelope, runOf } from '../recipes/message.ts';
import type { Consumer, Decided, Work } from './consumer.ts';
import type { Guard } from './guard.ts';
import { HeldMessages } from './held.ts';
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
import { Turns } from './turns.ts';

/** Messages of cancelled runs that are dealt with at the same time. */
const cancelledAtOnce = 256;

/** The work of a step of a recipe: unwrap ▸ handle ▸ route. */
export class StepWork implements Work {
  readonly #surroundings: StepSurroundings;
  readonly #joins: JoinWork | undefined;
  readonly #held = new HeldMessages();
  readonly #cancelling = new Turns(cancelledAtOnce);

  constructor(surroundings: StepSurroundings, joins?: JoinWork) {
    this.#surroundings = surroundings;
    this.#joins = joins;
    surroundings.cancellations.watch((run) => this.#held.wakeRun(run));
  }

  /** The consumer that receives the messages, and settles them. */
  attach(consumer: Consumer): void {
    this.#joins?.attach(consumer);
    this.#held.onDue((message) => consumer.again(message));
  }

  decide(message: Received, signal: AbortSignal, guard: Guard): Decided | Promise<Decided> {
    const { cancellations, clock, service } = this.#surroundings;
    if (!cancellations.isCurrent) return this.#decideOnceCurrent(message, signal, guard);
    const unwrapped = this.#unwrap(message);
    if ('sends' in unwrapped) return unwrapped;
    const { task, decided } = unwrapped;
    const started = clock.now();
    if (cancellations.has(task.run)) return this.#inTurn(task, async () => this.#cancelled(task, started, signal));
    if (decided) return decide([task], decided, started, this.#surroundings);
    if (task.settings.join) return this.#join(task, started);
    if (this.#isHeld(task)) return 'held';
    if (task.timeout === service.timeout) return this.#run(task, started, signal, guard);
    return guard.expect(task.timeout).then(() => this.#run(task, started, signal, guard));
  }

  async #decideOnceCurrent(message: Received, signal: AbortSignal, guard: Guard): Promise<Decided> {
    await this.#surroundings.cancellations.current();
    return await this.decide(message, signal, guard);
  }

  /** What a handler says at once is decided at once: promises were a tenth of what a step costs. */
  #run(task: Task, started: number, signal: AbortSignal, guard: Guard): Decided | Promise<Decided> {
    const outcome = run(task, [task], signal, this.#surroundings, guard);
    const settle = (ended: Outcome): Decision => decide([task], ended, started, this.#surroundings);
    return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
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
    void this.#abandon(task);
    const cause = crash(suspect);
    const around = surround(this.#surroundings, this.#surroundings.clock.now());
    return deadLettered([task], cause, around, this.#lastWords(task, cause));
  }

  /** Thousands that are cancelled at once are a heap of promises, and no faster. */
  async #inTurn(task: Task, settle: () => Promise<Decided>): Promise<Decided> {
    const isHeld = this.#held.hold(task.message, task.run, (wake) => this.#cancelling.awaits(wake));
    return isHeld ? 'held' : await this.#cancelling.take(settle);
  }

  /** Settled once what was begun for it has ended: or by whoever gets it next, where the service stops before. */
  async #cancelled(task: Task, started: number, stopping: AbortSignal): Promise<Decided> {
    try {
      await orAborted(this.#abandon(task), stopping);
    } catch {
      return 'held';
    }
    return decide([task], { kind: 'cancelled' }, started, this.#surroundings);
  }

  /** Nobody is going to work on the message. Never rejects. */
  async #abandon(task: Task): Promise<void> {
    const { processor, log } = this.#surroundings;
    try {
      await processor.abandoned?.(inputOf(task, [task]), task.message.key);
    } catch (error) {
      log.warn({ run: task.run, reason: messageOf(error) }, 'what was begun for a message goes on');
    }
  }

  /** What is wrong with it its handler tells. */
  #isHeld(task: Task): boolean {
    const { processor } = this.#surroundings;
    if (!processor.awaits || task.message.isDue === true) return false;
    try {
      const { message } = task;
      const input = inputOf(task, [task]);
      return this.#held.hold(message, task.run, (wake) => processor.awaits?.(input, wake, message.key));
    } catch {
      return false;
    }
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
    this.#held.forget();
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

  #join(task: Task, started: number): Decided {
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
