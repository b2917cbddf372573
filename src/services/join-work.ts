import { messageOf } from '../core/errors.ts';
import { canonical, digest, type Json } from '../core/json.ts';
import { valueAt } from '../recipes/field.ts';
import { joinKey } from '../recipes/keys.ts';
import { failedPayload, type Origin } from '../recipes/route.ts';
import type { Closing, Closures } from './closures.ts';
import type { Consumer, Decided, Watch } from './consumer.ts';
import { inPlace } from './guard.ts';
import type { JoinClaims } from './join-claims.ts';
import { hasAnyOf, Joins, memberIds, type Join } from './joins.ts';
import { failed, later, rejected, type Outcome } from './outcome.ts';
import { finalOutcomes, type JoinRecord, type StepOutcome } from './record.ts';
import { deadLettered } from './route.ts';
import type { Decision } from './settlement.ts';
import { decide, run, surround, type StepSurroundings } from './stages.ts';
import { crash, isCulprit } from './suspects.ts';
import type { Task } from './task.ts';

/** Seconds a join waits when its step does not say. */
const standardTimeout = 3_600;
/** Seconds until a join is tried again whose closures could not be read or written: the disk is full, or broken. */
const diskPatience = 10;

/** The work of joining steps: members are held until their join closes, then handled once and settled in one transaction. */
export class JoinWork {
  readonly #surroundings: StepSurroundings;
  readonly #watch: Watch;
  readonly #closures: Closures;
  readonly #claims: JoinClaims;
  readonly #joins: Joins;
  readonly #stopping = new AbortController();
  /** What closes now, by the join's key. */
  readonly #concluding = new Map<string, Promise<void>>();
  #consumer: Consumer | undefined;

  constructor(surroundings: StepSurroundings, closures: Closures, claims: JoinClaims, watch: Watch) {
    this.#surroundings = surroundings;
    this.#watch = watch;
    this.#closures = closures;
    this.#claims = claims;
    const close = (join: Join, closing: Closing): void => void this.#close(join, closing);
    this.#joins = new Joins(closures, surroundings.clock, close, (join) => void this.#ask(join));
    surroundings.cancellations.watch((run) => {
      for (const join of this.#joins.release(run)) void this.#settleAll(join, { kind: 'cancelled' });
    });
  }

  /** The consumer that receives the members, and settles them. */
  attach(consumer: Consumer): void {
    this.#consumer = consumer;
  }

  admit(task: Task, started: number): Decided {
    const { join } = task.settings;
    if (!join) throw new TypeError('The step joins nothing.');
    const policy = { count: join.count, timeout: join.timeout ?? standardTimeout };
    try {
      const admission = this.#joins.admit(task, keyOf(task), policy);
      return admission === 'held' ? 'held' : decide([task], outcomeOf(admission), started, this.#surroundings);
    } catch (error) {
      return decide([task], putOff(error), started, this.#surroundings);
    }
  }

  forget(): void {
    this.#joins.forget();
  }

  /** A join that closes again, after a lost connection, waits for its first closing to end, and finds what that decided. */
  async #close(join: Join, closing: Closing): Promise<void> {
    const isFirst = closing === 'complete' || (await this.#isFirst(join));
    const end = this.#consumer?.hold();
    const concluded = this.#conclude(join, isFirst ? closing : 'late', this.#concluding.get(join.key));
    this.#concluding.set(join.key, concluded);
    try {
      await concluded;
    } finally {
      if (this.#concluding.get(join.key) === concluded) this.#concluding.delete(join.key);
      end?.();
    }
  }

  /** A join that stays open may be made of the late members of one that another host has closed: nobody has to wait for its deadline. */
  async #ask(join: Join): Promise<void> {
    const members = await this.#claims.known(joinRecord(join, 'asked'));
    const open = members ? this.#joins.closedElsewhere(join.key, members) : undefined;
    if (open) await this.#settleAll(open, late);
  }

  /** False when another host closed it before: then its late members came here. While the ledger is asked, all is held as it was. */
  async #isFirst(join: Join): Promise<boolean> {
    return hasAnyOf(join, new Set(await this.#claims.closedWith(joinRecord(join, 'closing'))));
  }

  async #conclude(join: Join, closing: Closing | 'late', before: Promise<void> | undefined): Promise<void> {
    await before;
    const members = ordered(join);
    const deliveries = members.map(({ message }) => message.delivery);
    // A decision is about these messages: the same members have other ids once they were put off.
    const id = digest(...deliveries.map(({ messageId }) => messageId).sort());
    const started = this.#surroundings.clock.now();
    let decision = this.#consumer?.takeKept(id) ?? (await this.#decide(join, members, closing));
    const refused = (error: unknown): Decision => {
      decision = this.#settle(members, join, failed(error, 'refused'), started);
      return decision;
    };
    const settled = await this.#consumer?.settle(id, deliveries, decision, refused);
    if (!settled) return;
    this.#joins.settled(join.key);
    this.#writeEnd(join.key, endOf(decision));
  }

  /** The run was cancelled: what the join held is settled. Should that be lost with the connection, each member is cancelled when it comes again. */
  async #settleAll(join: Join, outcome: Outcome): Promise<void> {
    const members = [...join.members.values()];
    const deliveries = members.map(({ message }) => message.delivery);
    const started = this.#surroundings.clock.now();
    const settle = (as: Outcome): Decision => this.#settle(members, join, as, started);
    await this.#consumer?.settle(join.key, deliveries, settle(outcome), (error) => settle(failed(error)));
  }

  /** The members will not come again. That is worth knowing, and nothing is lost when it cannot be written. */
  #writeEnd(key: string, end: JoinRecord['state'] | undefined): void {
    try {
      if (end === 'closed') this.#closures.settled(key);
      if (end === 'open') this.#closures.reopened(key);
    } catch (error) {
      this.#surroundings.log.warn({ key, reason: messageOf(error) }, 'the end of a join was not written down');
    }
  }

  async #decide(join: Join, members: readonly Task[], closing: Closing | 'late'): Promise<Decision> {
    const started = this.#surroundings.clock.now();
    if (members.some(({ run: id }) => this.#surroundings.cancellations.has(id)))
      return this.#settle(members, join, { kind: 'cancelled' }, started);
    if (closing === 'late') return this.#settle(members, join, late, started);
    try {
      this.#closures.close(join.key, closing, memberIds(join), started);
      // ActiveMQ may hand a group to another process while the first still holds members of it: who closed first, closed it.
      const first = this.#closures.of(join.key)?.members;
      if (first && !hasAnyOf(join, first)) return this.#settle(members, join, late, started);
    } catch (error) {
      return this.#settle(members, join, putOff(error), started);
    }
    if (closing !== 'complete') return this.#incomplete(join, members, closing, started);
    const { suspects, gate, notes } = this.#watch;
    const suspect = suspects.get(join.key);
    if (suspect && isCulprit(suspect))
      return withEnd(join, deadLettered(members, crash(suspect), surround(this.#surroundings, started)));
    await gate.enter(suspect !== undefined);
    try {
      const [task] = members;
      if (!task) throw new TypeError('A join of nothing was closed.');
      await notes.started(join.key, task.timeout);
      const outcome = await run(task, members, this.#stopping.signal, this.#surroundings, inPlace, join.key);
      if (suspect) notes.cleared(join.key);
      return this.#settle(members, join, outcome, started);
    } finally {
      notes.ended(join.key);
      gate.leave();
    }
  }

  /** The error links get what is there, and how many are missing. */
  #incomplete(join: Join, members: readonly Task[], closing: Closing, started: number): Decision {
    const there = members.filter(({ message }) => !message.overErrorLink);
    const failures = members.filter(({ message }) => message.overErrorLink).map(({ envelope }) => envelope.payload);
    const missing = join.count - there.length;
    const reason =
      closing === 'deadline'
        ? `${there.length} of ${join.count} messages came before the deadline.`
        : `${failures.length} of ${join.count} messages failed on their way.`;
    const payload: Json = { members: there.map(({ envelope }) => envelope.payload), missing, failures };
    return this.#settle(members, join, rejected(reason, `join-${closing}`), started, payload);
  }

  #settle(members: readonly Task[], join: Join, outcome: Outcome, started: number, payload?: Json): Decision {
    return withEnd(join, decide(members, outcome, started, this.#surroundings, originOfJoin(join, members, payload)));
  }
}

/** Without its closures a join might close twice: its messages wait until the disk can be used again. */
function putOff(error: unknown): Outcome {
  return later(diskPatience, `What joins have closed cannot be read or written: ${messageOf(error)}`);
}

/** What a join sends is named after the join, not after the member that happened to come last. */
function originOfJoin({ key }: Join, members: readonly Task[], payload?: Json): Origin {
  const [task] = members;
  if (!task) throw new TypeError('A join of nothing was closed.');
  return { key, envelope: payload === undefined ? task.envelope : { ...task.envelope, payload } };
}

function keyOf({ run: id, envelope, settings, message }: Task): string {
  const member = message.overErrorLink ? failedPayload(envelope.payload) : envelope.payload;
  const by = settings.join?.by;
  return joinKey(id, envelope.pointer, by ? (valueAt(member, by) ?? null) : null);
}

/** The members in the declared order; as they came where none is declared. */
function ordered({ members }: Join): readonly Task[] {
  const tasks = [...members.values()];
  const order = tasks[0]?.settings.join?.order;
  if (!order) return tasks;
  return tasks
    .map((task) => ({ task, at: valueAt(task.envelope.payload, order) ?? null }))
    .sort((a, b) => compare(a.at, b.at))
    .map(({ task }) => task);
}

/** Numbers by size, all else by its text. */
function compare(a: Json, b: Json): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : canonical(a).localeCompare(canonical(b), 'en');
}

/** Who comes after the join has closed. */
const late: Outcome = {
  kind: 'late',
  cause: { code: 'late', message: 'It came after its join had closed, and is not in what the join told.' },
};

function outcomeOf(admission: 'duplicate' | 'late'): Outcome {
  return admission === 'late' ? late : { kind: admission };
}

/** Tells the ledger with the members' end that of their join. */
function withEnd(join: Join, decision: Decision): Decision {
  const end = endOf(decision);
  return end ? { ...decision, records: [...decision.records, joinRecord(join, end)] } : decision;
}

/** What has become of a join whose members were decided; undefined while they are to come again. Who came late has settled nothing of it. */
function endOf({ records }: Decision): 'closed' | 'open' | undefined {
  const outcomes = new Set<StepOutcome>(records.flatMap((record) => (record.kind === 'step' ? [record.outcome] : [])));
  if (outcomes.has('dead')) return 'open';
  return [...outcomes].some((outcome) => outcome !== 'late' && finalOutcomes.has(outcome)) ? 'closed' : undefined;
}

function joinRecord(join: Join, state: JoinRecord['state']): JoinRecord {
  const run = [...join.members.values()][0]?.run ?? '';
  return { kind: 'join', id: join.key, run, state, members: state === 'closing' ? memberIds(join) : [] };
}
