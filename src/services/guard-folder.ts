import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import { grace } from './handle.ts';
import { holdLifeLine, isHeld } from './life-line.ts';
import { monotonic, readNotes } from './notes-file.ts';
import { SuspectStore } from './suspect-store.ts';
import type { Suspect } from './suspects.ts';

const notes = '.notes';
const life = '.alive';

/**
 * What a supervisor keeps on disk, so that a message is found which takes the supervisor with it, or the whole host:
 * what each of its processes runs, and what is suspected. A supervisor that starts buries those whose supervisor died
 * before them; those that still live, it buries when they end.
 */
export class GuardFolder implements Disposable {
  readonly suspects: SuspectStore;
  readonly #folder: string;
  /** Names of processes begin with that of their supervisor. */
  readonly #name = randomUUID();
  readonly #life: Disposable;
  #count = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#life = holdLifeLine(this.#path(this.#name, life));
    this.suspects = new SuspectStore(folder);
  }

  /** A name for a process, as no other ever has: who finds it knows its process id. */
  nextName(pid: number): string {
    this.#count += 1;
    return `${this.#name}.${this.#count}.${pid}`;
  }

  /** Where that process shows that it lives, and notes what it runs. */
  placesOf(name: string): GuardPlaces {
    return { alive: this.#path(name, life), notes: this.#path(name, notes) };
  }

  /** What that process ran at last, each with the time by which it should have ended. */
  running(name: string): ReadonlyMap<string, number> {
    return readNotes(this.#path(name, notes));
  }

  /** True when a handler of that process ignored its time-out and its signal: it blocks the process, or goes on for ever. */
  isOverdue(name: string): boolean {
    return [...this.running(name).values()].some((until) => monotonic() > until + 2 * grace * 1000);
  }

  /** The process died: what it ran is suspected. Returns what is known of it now. */
  bury(name: string, lastOutput: string): readonly Suspect[] {
    const found = [...this.running(name).keys()].map((messageId) =>
      this.suspects.learn({ messageId, deaths: [name], lastOutput }),
    );
    this.forget(name);
    return found;
  }

  /** The process ended in good order, or is buried. */
  forget(name: string): void {
    for (const kind of [notes, `${notes}.new`, life, `${life}-journal`])
      rmSync(this.#path(name, kind), { force: true });
  }

  /** Buries the processes of dead supervisors that have died, and ends those that a handler keeps. Returns what was found, and how many still live. */
  buryOrphans(): { readonly found: readonly Suspect[]; readonly living: number } {
    const found: Suspect[] = [];
    let count = 0;
    for (const supervisor of this.#deadSupervisors()) {
      const orphans = this.#names().filter((name) => name.startsWith(`${supervisor}.`));
      const dead = orphans.filter((name) => !isHeld(this.#path(name, life)));
      found.push(...dead.flatMap((name) => this.bury(name, '')));
      const living = orphans.filter((name) => !dead.includes(name));
      for (const name of living) if (this.isOverdue(name)) end(name);
      count += living.length;
      if (dead.length === orphans.length) this.forget(supervisor);
    }
    return { found, living: count };
  }

  [Symbol.dispose](): void {
    this.suspects[Symbol.dispose]();
    this.#life[Symbol.dispose]();
    this.forget(this.#name);
  }

  #deadSupervisors(): readonly string[] {
    const supervisors = new Set(this.#names().map((name) => name.split('.')[0] ?? name));
    supervisors.delete(this.#name);
    return [...supervisors].filter((name) => !isHeld(this.#path(name, life)));
  }

  #names(): readonly string[] {
    const files = readdirSync(this.#folder).filter((file) => file.endsWith(life));
    return files.map((file) => file.slice(0, -life.length));
  }

  #path(name: string, kind: string): string {
    return join(this.#folder, `${name}${kind}`);
  }
}

/** Files of one process. */
export interface GuardPlaces {
  /** Its life line: held while it lives. */
  readonly alive: string;
  readonly notes: string;
}

/** Nobody but its dead supervisor would have ended it. It held its life line a moment ago, so that its id is its own. */
function end(name: string): void {
  const pid = Number(name.split('.').at(-1));
  try {
    if (pid > 0) kill(pid, 'SIGKILL');
  } catch {
    // It has ended since.
  }
}
