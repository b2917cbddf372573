import type { Backoff } from '../core/backoff.ts';
import { Events } from '../core/events.ts';
import { Child, type PartDefinition } from './child.ts';
import type { SupervisorEvents } from './events.ts';
import { Suspects, type Suspect } from './suspects.ts';

export interface SupervisorOptions {
  /** The module that every part runs; it speaks the protocol of `ipc.ts`. */
  readonly entry: URL;
  readonly parts: readonly PartDefinition[];
  readonly backoff?: Backoff;
  /** Seconds a part gets to end before it is killed. */
  readonly stopWithin?: number;
}

const defaultBackoff: Backoff = { delay: 0.5, factor: 2, maxDelay: 30 };

/**
 * Keeps a set of processes alive: starts them, remembers what each was running, restarts the dead with back-off, and
 * tells every process which messages are suspects. `start` resolves when all are ready; `stop` when all have ended.
 */
export class Supervisor implements AsyncDisposable {
  readonly events = new Events<SupervisorEvents>();
  readonly #children: Child[];
  readonly #suspects = new Suspects();

  constructor({ entry, parts, backoff = defaultBackoff, stopWithin = 30 }: SupervisorOptions) {
    this.#children = parts.map(
      (part) =>
        new Child(part, {
          entry,
          backoff,
          stopWithin,
          events: this.events,
          suspects: this.#suspects,
          learn: (suspect) => this.#found(suspect),
        }),
    );
  }

  /** Starts the parts in order; each is ready before the next starts where `inOrder` says so, the others together. */
  async start(inOrder: readonly string[] = []): Promise<void> {
    const first = this.#children.filter(({ name }) => inOrder.includes(name));
    for (const child of first) await child.start();
    await Promise.all(this.#children.filter((child) => !first.includes(child)).map(async (child) => child.start()));
  }

  /** Ends the parts in reverse order of `start`: those that others need end last. May be called twice. */
  async stop(inOrder: readonly string[] = []): Promise<void> {
    const last = this.#children.filter(({ name }) => inOrder.includes(name));
    await Promise.all(this.#children.filter((child) => !last.includes(child)).map(async (child) => child.stop()));
    for (const child of last.reverse()) await child.stop();
  }

  /** Takes over what another supervisor found. */
  learn(suspect: Suspect): void {
    this.#suspects.learn(suspect);
    for (const child of this.#children) child.tell({ type: 'suspect', suspect });
  }

  /** What runs where: process ids and the ids of the messages they work on. */
  running(): readonly {
    readonly part: string;
    readonly pid: number | undefined;
    readonly messages: readonly string[];
  }[] {
    return this.#children.map((child) => ({ part: child.name, pid: child.pid, messages: child.messages }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #found(suspect: Suspect): void {
    this.learn(suspect);
    this.events.emit('suspect', suspect);
  }
}
