import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Cancellations } from '../services/cancellations.ts';
import type { Work } from '../services/consumer.ts';
import type { Destinations } from '../services/names.ts';
import type { Received } from '../services/received.ts';
import { unknown } from '../stomp/errors.ts';
import type { Decision } from '../services/settlement.ts';
import { crash, type Suspect } from '../services/suspects.ts';
import { accepted, deferred, duplicate, refused, withdrawn, type Announcement, type Office } from './answer.ts';
import { announcingStep } from './announcing-step.ts';
import { claimsUnusable, notReady } from './errors.ts';
import type { Library } from './library.ts';
import { instantiate } from './instantiate.ts';
import { choose, missing, type Plan } from './plan.ts';
import { readReplyAddress } from './reply-address.ts';
import { parseRequest, type AboutNames, type Request } from './request.ts';
import { checkMessages } from './rerun.ts';
import { runIdOf } from './run-id.ts';
import type { StartedRuns } from './started-runs.ts';

export interface AnnouncementSurroundings {
  readonly destinations: Destinations;
  /** The broker's namespace prefix. */
  readonly prefix: string;
  /** The queue's name, without prefix. */
  readonly queue: string;
  readonly names: AboutNames;
  readonly customPermitted: boolean;
  readonly library: Library;
  readonly runs: StartedRuns;
  readonly cancellations: Cancellations;
  /** `host.pid`. */
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Seconds until an announcement that is not ready is looked at again: Zocalo's figure. */
const lookAgain = 2;

/** An announcement that was understood. */
type Understood = Announcement & { readonly request: Request };

/** The work of the dispatcher: parse ▸ choose ▸ duplicate? ▸ cancelled? ▸ ready? ▸ load, merge, substitute ▸ start. */
export class AnnouncementWork implements Work {
  readonly #around: AnnouncementSurroundings;

  constructor(surroundings: AnnouncementSurroundings) {
    this.#around = surroundings;
  }

  async decide(message: Received): Promise<Decision> {
    return withStep(message, await this.#decide(message));
  }

  async #decide(message: Received): Promise<Decision> {
    const read = this.#read(message);
    if ('sends' in read) return read;
    let announcement = read;
    try {
      if (this.#isTaken(announcement)) return duplicate(announcement, this.#office());
      const { library, customPermitted } = this.#around;
      const plan = await choose(read.request, read.run, library, customPermitted);
      announcement = { ...read, run: plan.run, ...(plan.key === undefined ? {} : { key: plan.key }) };
      return await this.#dispatch(announcement, plan);
    } catch (error) {
      if (claimsUnusable.is(error)) return this.#putOff(announcement, error);
      this.#around.log.warn({ run: announcement.run, err: error }, 'announcement refused');
      return refused(announcement, error, this.#office());
    }
  }

  /** The broker took nothing of what starts the run, so that the next announcement of it may; unless that is only what is made of connections that ended. */
  refused(message: Received, error: unknown): Decision {
    if (error instanceof Error && !unknown.is(error.cause)) this.#around.runs.release(message.key);
    return withStep(message, refused(this.#bare(message), error, this.#office()));
  }

  crashed(message: Received, suspect: Suspect): Decision {
    const error = Object.assign(new Error(crash(suspect).message), { code: 'crashed' });
    return withStep(message, refused(this.#bare(message), error, this.#office()));
  }

  /** The announcement understood; or, when it is none, its refusal. */
  #read(message: Received): Understood | Decision {
    const { queue, names, prefix } = this.#around;
    const { headers, body } = message.delivery;
    try {
      const request = parseRequest(queue, headers, body, { names, prefix });
      return { message, queue, run: request.guid ?? runIdOf(message.key, 'run'), request, reply: request.reply };
    } catch (error) {
      return refused(this.#bare(message), error, this.#office());
    }
  }

  /** The announcement as far as it can be answered without understanding it. */
  #bare(message: Received): Announcement {
    const { queue, prefix } = this.#around;
    let reply: Announcement['reply'];
    try {
      reply = readReplyAddress(message.delivery.headers, prefix);
    } catch {
      // Its reply address is what is wrong with it: there is nobody to answer to.
    }
    return { message, queue, run: runIdOf(message.key, 'run'), request: undefined, reply };
  }

  async #dispatch(announcement: Understood, plan: Plan): Promise<Decision> {
    const { message, run, request } = announcement;
    const { library, runs, cancellations, clock } = this.#around;
    if (this.#isTaken(announcement)) return duplicate(announcement, this.#office());
    if (!cancellations.isCurrent) await cancellations.current();
    if (cancellations.has(run)) return withdrawn(announcement, this.#office());
    const absent = await missing(plan);
    if (absent.length > 0) return this.#wait(announcement, absent, request.timeout, request.expiration);
    const instantiated = await instantiate(plan, library);
    if (request.rerun) checkMessages(request.rerun, instantiated?.recipe);
    runs.claim(run, message.key, clock.now());
    // Two dispatchers on one store: whoever claimed first starts the run.
    if (this.#isTaken(announcement)) return duplicate(announcement, this.#office());
    return accepted(announcement, plan.recipes, instantiated, this.#office());
  }

  /** True when another announcement has started the run. */
  #isTaken({ run, message }: Announcement): boolean {
    return this.#around.runs.isTaken(run, message.key);
  }

  #wait(announcement: Announcement, absent: readonly string[], timeout: number, expiration?: number): Decision {
    const office = this.#office();
    const told = Number(announcement.message.delivery.headers['baton-ready-by'] ?? expiration);
    const readyBy = Number.isFinite(told) ? told : office.now + timeout;
    if (office.now >= readyBy) throw notReady({ seconds: timeout / 1000, missing: absent });
    return deferred(announcement, lookAgain, readyBy, `waits for ${absent.join(', ')}`, office);
  }

  /** The disk is full, or broken: that is no fault of the announcement. Its files were there, and may go meanwhile. */
  #putOff(announcement: Announcement, { message: reason }: Error): Decision {
    this.#around.log.warn({ run: announcement.run, reason }, 'announcement put off');
    const office = this.#office();
    return deferred(announcement, lookAgain, office.now + 2 * lookAgain * 1000, reason, office);
  }

  #office(): Office {
    const { destinations, host, clock } = this.#around;
    return { destinations, host, now: clock.now() };
  }
}

/** The decision, with the record of the step that announced. */
function withStep(message: Received, { sends, records }: Decision): Decision {
  const steps = records.flatMap((record) => (record.kind === 'announcement' ? announcingStep(message, record) : []));
  return { sends, records: [...records, ...steps] };
}
