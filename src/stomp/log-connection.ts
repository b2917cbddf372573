import type { Clock } from '../core/clock.ts';
import type { BatonError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { ClientEvents } from './client-events.ts';

/** So often (ms) a log is reminded of a broker that stays away. */
const REMINDER = 600_000;

/**
 * Logs what becomes of a client's connection: one line when it is lost, one for each reason that none is made, a reminder
 * now and then, and one line when there is a connection again.
 */
export function logConnection(events: Events<ClientEvents>, options: LogOptions): void {
  let absence: Absence | undefined = new Absence(options);
  const { log, name: client } = options;
  events.on('connected', ({ epoch }) => {
    log.info({ client, epoch, ...absence?.soFar() }, 'connected');
    absence = undefined;
  });
  events.on('disconnected', ({ reason }) => {
    absence = new Absence(options);
    if (reason.code === 'stomp.stopped') log.info({ client }, 'disconnected');
    else log.warn({ client, code: reason.code }, reason.message);
  });
  events.on('error', ({ error }) => {
    if (absence) absence.tell(error);
    else log.warn({ client, code: error.code }, error.message);
  });
}

interface LogOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The time without a connection, and what was told of it. */
class Absence {
  readonly #options: LogOptions;
  readonly #since: number;
  /** Reasons told, by code and broker. */
  readonly #told = new Set<string>();
  #toldAt: number;
  #attempts = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#since = this.#toldAt = options.clock.now();
  }

  /** An attempt to connect failed. */
  tell(error: BatonError): void {
    const { log, name: client, clock } = this.#options;
    this.#attempts += 1;
    const { broker } = error.fields;
    const reason = typeof broker === 'string' ? `${error.code} ${broker}` : error.code;
    const now = clock.now();
    if (this.#told.has(reason) && now - this.#toldAt < REMINDER) return;
    this.#told.add(reason);
    this.#toldAt = now;
    log.warn({ client, code: error.code, ...this.soFar() }, error.message);
  }

  /** How long (s), and how often it was tried in vain; nothing when it was not. */
  soFar(): { readonly away?: number; readonly attempts?: number } {
    if (this.#attempts === 0) return {};
    const away = Math.round((this.#options.clock.now() - this.#since) / 1000);
    return { away, attempts: this.#attempts };
  }
}
