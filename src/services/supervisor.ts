import type { Backoff } from '../core/backoff.ts';
import { Events } from '../core/events.ts';
import { Child, type PartDefinition } from './child.ts';
import type { SupervisorEvents } from './events.ts';
import { GuardFolder } from './guard-folder.ts';
import type { Suspect } from './suspects.ts';

export interface SupervisorOptions {
  /** The module that every part runs; it speaks the protocol of `ipc.ts`. */
  readonly entry: URL;
  readonly parts: readonly PartDefinition[];
  /** The folder of the guard, on a local disk: what runs and what is suspected is kept there. */
  readonly folder: string;
  readonly backoff?: Backoff;
  /** Seconds a part gets to end before it is killed. */
  readonly stopWithin?: number;
}

/** Milliseconds between two looks at processes that an earlier supervisor left. */
const orphanInterval = 1_000;
const defaultBackoff: Backoff = { delay: 0.5, factor: 2, maxDelay: 30 };

/**
 * Keeps a set of processes alive: starts them, remembers what each was running, restarts the dead with back-off, and
 * tells every process which messages are suspects. `start` resolves when all are ready; `stop` when all have ended.
 */
export class Supervisor implements AsyncDisposable {
  readonly events = new Events<SupervisorEvents>();
  readonly #children: Child[];
  readonly #guard: GuardFolder;
  #orphans: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor({ entry, parts, folder, backoff = defaultBackoff, stopWithin = 30 }: SupervisorOptions) {
    this.#guard = new GuardFolder(folder);
    this.#children = parts.map(
      (part) =>
        new Child(part, {
          entry,
          backoff,
          stopWithin,
          events: this.events,
          guard: this.#guard,
          found: (suspect) => this.#found(suspect),
        }),
    );
  }

  /** Starts the parts in order; each is ready before the next starts where `inOrder` says so, the others together. */
  async start(inOrder: readonly string[] = []): Promise<void> {
    this.#buryOrphans();
    const first = this.#children.filter(({ name }) => inOrder.includes(name));
    for (const child of first) await child.start();
    await Promise.all(this.#children.filter((child) => !first.includes(child)).map(async (child) => child.start()));
  }

  /** Ends the parts in reverse order of `start`: those that others need end last. May be called twice. */
  async stop(inOrder: readonly string[] = []): Promise<void> {
    this.#stopped ??= this.#stop(inOrder);
    await this.#stopped;
  }

  /** Takes over what another supervisor tells. */
  learn(suspect: Suspect): void {
    this.#tell(this.#guard.suspects.learn(suspect));
  }

  /** All messages that are suspected. */
  suspects(): readonly Suspect[] {
    return this.#guard.suspects.all();
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

  async #stop(inOrder: readonly string[]): Promise<void> {
    clearInterval(this.#orphans);
    const last = this.#children.filter(({ name }) => inOrder.includes(name));
    await Promise.all(this.#children.filter((child) => !last.includes(child)).map(async (child) => child.stop()));
    for (const child of last.reverse()) await child.stop();
    this.#guard[Symbol.dispose]();
  }

  /** Those that still live end what they run, as their supervisor is gone; until they have, they are looked at again and again. */
  #buryOrphans(): void {
    clearInterval(this.#orphans);
    const { found, living } = this.#guard.buryOrphans();
    for (const suspect of found) this.#found(suspect);
    if (living > 0) this.#orphans = setInterval(() => this.#buryOrphans(), orphanInterval);
  }

  #found(suspect: Suspect): void {
    this.#tell(this.#guard.suspects.learn(suspect));
    this.events.emit('suspect', suspect);
  }

  #tell(suspect: Suspect): void {
    for (const child of this.#children) child.tell({ type: 'suspect', suspect });
  }
}
