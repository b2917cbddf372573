import type { Received } from './received.ts';

/** Has something awaited that happens elsewhere: `wake` is called when it has, never before this returned. What it returns ends that. */
export type Awaiting = (wake: () => void) => (() => void) | undefined;

interface Held {
  readonly message: Received;
  readonly run: string;
  readonly release: () => void;
}

/**
 * Messages for which there is nothing to do until something happens elsewhere. They stay unacknowledged, and nothing is
 * kept of them but what came over the wire: there may be ten thousand. Then they are worked on, from the beginning.
 */
export class HeldMessages {
  readonly #held = new Map<string, Held>();
  #again: (message: Received) => void = () => undefined;

  /** Who works on a message when it is time. */
  onDue(again: (message: Received) => void): void {
    this.#again = again;
  }

  /** False where there is something to do for it now. */
  hold(message: Received, run: string, awaiting: Awaiting): boolean {
    const { messageId } = message.delivery;
    const release = awaiting(() => this.#wake(messageId));
    if (release) this.#held.set(messageId, { message, run, release });
    return release !== undefined;
  }

  /** Has all messages of a run worked on. */
  wakeRun(run: string): void {
    for (const [messageId, held] of this.#held) if (held.run === run) this.#wake(messageId);
  }

  /** They are somebody else's now. */
  forget(): void {
    for (const { release } of this.#held.values()) release();
    this.#held.clear();
  }

  #wake(messageId: string): void {
    const held = this.#held.get(messageId);
    if (!held) return;
    this.#held.delete(messageId);
    held.release();
    this.#again({ ...held.message, isDue: true });
  }
}
