import type { Clock } from '../core/clock.ts';
import { digest } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { Work } from '../services/consumer.ts';
import type { Destinations } from '../services/names.ts';
import type { Received } from '../services/received.ts';
import type { Decision } from '../services/settlement.ts';
import { crash, type Suspect } from '../services/suspects.ts';
import { accepted, deferred, duplicate, refused, type Announcement, type Office } from './answer.ts';
import { announcingStep } from './announcing-step.ts';
import { notReady } from './errors.ts';
import type { Library } from './library.ts';
import { choose, instantiate, missing } from './plan.ts';
import { readReplyAddress } from './reply-address.ts';
import { parseRequest, type AboutNames } from './request.ts';
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
  /** `host.pid`. */
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Seconds until an announcement that is not ready is looked at again: Zocalo's figure. */
const lookAgain = 2;

/** The work of the dispatcher: parse ▸ duplicate? ▸ choose ▸ ready? ▸ load, merge, substitute ▸ start. */
export class AnnouncementWork implements Work {
  readonly #around: AnnouncementSurroundings;

  constructor(surroundings: AnnouncementSurroundings) {
    this.#around = surroundings;
  }

  async decide(message: Received): Promise<Decision> {
    return withStep(message, await this.#decide(message));
  }

  async #decide(message: Received): Promise<Decision> {
    const announcement = this.#read(message);
    if ('sends' in announcement) return announcement;
    try {
      return await this.#dispatch(announcement);
    } catch (error) {
      this.#around.log.warn({ run: announcement.run, err: error }, 'announcement refused');
      return refused(announcement, error, this.#office());
    }
  }

  refused(message: Received, error: unknown): Decision {
    return withStep(message, refused(this.#bare(message), error, this.#office()));
  }

  crashed(message: Received, suspect: Suspect): Decision {
    const error = Object.assign(new Error(crash(suspect).message), { code: 'crashed' });
    return withStep(message, refused(this.#bare(message), error, this.#office()));
  }

  /** The announcement understood; or, when it is none, its refusal. */
  #read(message: Received): Announcement | Decision {
    const { queue, names, prefix } = this.#around;
    const { headers, body } = message.delivery;
    try {
      const request = parseRequest(queue, headers, body, { names, prefix });
      return { message, queue, run: request.guid ?? runId(message.key), request, reply: request.reply };
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
    return { message, queue, run: runId(message.key), request: undefined, reply };
  }

  async #dispatch(announcement: Announcement): Promise<Decision> {
    const { message, run, request } = announcement;
    if (!request) throw new TypeError('An announcement that was not understood cannot be dispatched.');
    const { library, runs, customPermitted, clock } = this.#around;
    if (runs.isTaken(run, message.key)) return duplicate(announcement, this.#office());
    const parameters = { ...request.parameters, guid: run };
    const plan = await choose(request, parameters, library, customPermitted);
    const absent = await missing(plan, parameters);
    if (absent.length > 0) return this.#wait(announcement, absent, request.timeout, request.expiration);
    const recipe = await instantiate(plan, library);
    runs.claim(run, message.key, clock.now());
    // Two dispatchers on one store: whoever claimed first starts the run.
    if (runs.isTaken(run, message.key)) return duplicate(announcement, this.#office());
    return accepted(announcement, plan.recipes, recipe, this.#office());
  }

  #wait(announcement: Announcement, absent: readonly string[], timeout: number, expiration?: number): Decision {
    const office = this.#office();
    const told = Number(announcement.message.delivery.headers['baton-ready-by'] ?? expiration);
    const readyBy = Number.isFinite(told) ? told : office.now + timeout;
    if (office.now >= readyBy) throw notReady({ seconds: timeout / 1000, missing: absent });
    return deferred(announcement, lookAgain, readyBy, `waits for ${absent.join(', ')}`, office);
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

/** The id of a run whose announcer chose none: derived from the message, so that doing it again gives the same. As a UUID, version 8 (RFC 9562: custom). */
function runId(key: string): string {
  const hex = digest(key, 'run');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
