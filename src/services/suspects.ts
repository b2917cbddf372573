import type { Cause } from './record.ts';

/** A message that was running when a process died. */
export interface Suspect {
  readonly messageId: string;
  /** How many processes have died with it. */
  readonly deaths: number;
  /** The last lines that the dead process wrote. */
  readonly lastOutput: string;
}

/** At so many deaths a message is not run again but dead-lettered. */
export const deathLimit = 3;

/** The messages known to have been running when a process died, newest counts kept. Bounded: the oldest are forgotten first. */
export class Suspects {
  readonly #byId = new Map<string, Suspect>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** Takes over what a supervisor tells: of two counts the higher holds. A count of 0 clears. */
  learn(suspect: Suspect): void {
    if (suspect.deaths === 0) return void this.#byId.delete(suspect.messageId);
    if ((this.#byId.get(suspect.messageId)?.deaths ?? 0) >= suspect.deaths) return;
    this.#byId.delete(suspect.messageId);
    this.#byId.set(suspect.messageId, suspect);
    const oldest = this.#byId.keys().next().value;
    if (this.#byId.size > this.#limit && oldest !== undefined) this.#byId.delete(oldest);
  }

  get(messageId: string): Suspect | undefined {
    return this.#byId.get(messageId);
  }

  all(): readonly Suspect[] {
    return [...this.#byId.values()];
  }
}

/**
 * Where a process notes what it runs, for whoever watches over it. `started` resolves when the note is written: a
 * written note outlives a SIGKILL, a queued one does not (measured: 30 of 30 written, 720 of 2 000 queued).
 */
export interface RunningNotes {
  /** `seconds`: by when the handler should have ended, from now. */
  started(id: string, seconds: number): Promise<void>;
  ended(id: string): void;
  /** A suspect ended well: all supervisors may forget it. */
  cleared(id: string): void;
}

/** For a process that nobody watches over. */
export const unwatched: RunningNotes = {
  started: () => Promise.resolve(),
  ended: () => undefined,
  cleared: () => undefined,
};

/** The cause of a message that killed its process too often. */
export function crash({ deaths, lastOutput }: Suspect): Cause {
  return {
    code: 'crashed',
    message: `It crashed its service ${deaths} times. The last output was: ${lastOutput || '(none)'}`,
  };
}
