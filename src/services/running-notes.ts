import type { ToSupervisor } from './ipc.ts';
import type { RunningNotes } from './suspects.ts';

/**
 * Notes that go to the supervisor, all of one turn of the event loop in one message: as safe as one each, since nobody
 * starts before the message with his note is written, and a tenth of the cost.
 */
export class SupervisorNotes implements RunningNotes {
  readonly #tell: (message: ToSupervisor, then: () => void) => void;
  #started: [id: string, seconds: number][] = [];
  #ended = new Set<string>();
  #waiting: (() => void)[] = [];
  #isDue = false;

  /** `tell` calls `then` when the message is written. */
  constructor(tell: (message: ToSupervisor, then: () => void) => void) {
    this.#tell = tell;
  }

  async started(id: string, seconds: number): Promise<void> {
    this.#started.push([id, seconds]);
    this.#ended.delete(id);
    this.#flushSoon();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  ended(id: string): void {
    this.#ended.add(id);
    this.#flushSoon();
  }

  cleared(id: string): void {
    this.#tell({ type: 'cleared', id }, () => undefined);
  }

  #flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#tell({ type: 'notes', started: this.#started, ended: [...this.#ended] }, () => {
      for (const resolve of waiting) resolve();
    });
    this.#isDue = false;
    [this.#started, this.#ended, this.#waiting] = [[], new Set<string>(), []];
  }
}
