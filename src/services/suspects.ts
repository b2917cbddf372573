import type { Cause } from './record.ts';

/** A message that was running when a process died. */
export interface Suspect {
  readonly messageId: string;
  /** The processes that have died with it, each by a name that no other ever has: whoever tells of a death twice, it counts once. */
  readonly deaths: readonly string[];
  /** The last lines that the dead process wrote; empty when they died with its supervisor. */
  readonly lastOutput: string;
}

/** At so many deaths a message is not run again but dead-lettered. */
const deathLimit = 3;

/** True for what killed its process too often to be run again. */
export function isCulprit({ deaths }: Suspect): boolean {
  return deaths.length >= deathLimit;
}

/** What two who know something of a message know together. */
export function together(one: Suspect, other: Suspect | undefined): Suspect {
  const deaths = [...new Set([...(other?.deaths ?? []), ...one.deaths])];
  return { messageId: one.messageId, deaths, lastOutput: one.lastOutput || (other?.lastOutput ?? '') };
}

/** So many suspects are remembered at most; the oldest are forgotten first. */
export const rememberedSuspects = 10_000;

/** The messages known to have been running when a process died. */
export class Suspects {
  readonly #byId = new Map<string, Suspect>();

  /** Adds what somebody tells to what is known. No deaths: it is cleared. */
  learn(suspect: Suspect): void {
    const { messageId, deaths } = suspect;
    const known = this.#byId.get(messageId);
    this.#byId.delete(messageId);
    if (deaths.length === 0) return;
    this.#byId.set(messageId, together(suspect, known));
    const oldest = this.#byId.keys().next().value;
    if (this.#byId.size > rememberedSuspects && oldest !== undefined) this.#byId.delete(oldest);
  }

  get(messageId: string): Suspect | undefined {
    return this.#byId.get(messageId);
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
    message: `It crashed its service ${deaths.length} times. The last output was: ${lastOutput || '(none, or lost with its supervisor)'}`,
  };
}
