import type { Clock } from '../core/clock.ts';
import { storeFailed } from './errors.ts';
import type { Changes, Store } from './store.ts';
import { WaitingRoom } from './waiting-room.ts';
import type { Entry, Writer } from './writer.ts';

/**
 * Group commit. What the frames of one turn of the event loop want written is gathered, written in one transaction of the
 * store when all sockets that had something were read, and only then takes effect: receipts and deliveries follow the
 * disk. A turn that cannot be written as a whole is written entry by entry, so that a full disk hits only who fills it: it
 * has to wait, and is not read from, until there is room.
 */
export class Turn {
  readonly waitingRoom: WaitingRoom;
  readonly #store: Store;
  #entries: Entry[] = [];
  /** Queues with new messages or free consumers, browsers with room to write. */
  readonly #dispatching = new Set<{ dispatch(): void }>();
  readonly #flushing = new Set<{ flush(): void }>();
  #isScheduled = false;

  constructor(store: Store, clock: Clock, roomMs: number) {
    this.#store = store;
    this.waitingRoom = new WaitingRoom(clock, roomMs, (entry) => this.write(entry));
  }

  write(entry: Entry): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** After all that is written so far, or after all of this writer; nothing is written for it. */
  then(effect: () => void, writer?: Writer): void {
    this.write(writer ? { writer, stored: effect } : { stored: effect });
  }

  wake(source: { dispatch(): void }): void {
    this.#dispatching.add(source);
    this.#schedule();
  }

  flush(output: { flush(): void }): void {
    this.#flushing.add(output);
    this.#schedule();
  }

  /** Ends turns until nothing is left to do, as before the store is closed. */
  finish(): void {
    while (this.#entries.length + this.#dispatching.size + this.#flushing.size > 0) this.#end();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // The check phase follows the poll phase, in which every socket that had something was read.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#end();
    });
  }

  #end(): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#write(entries);
    const sources = [...this.#dispatching];
    this.#dispatching.clear();
    for (const source of sources) source.dispatch();
    const outputs = [...this.#flushing];
    this.#flushing.clear();
    for (const output of outputs) output.flush();
  }

  #write(entries: readonly Entry[]): void {
    const ready = this.#withRoom(entries);
    const changes = ready.flatMap((entry) => entry.changes ?? []);
    const failure = changes.length > 0 ? this.#attempt(changes) : undefined;
    for (const entry of ready) this.#finish(entry, failure !== undefined);
    this.waitingRoom.retry();
  }

  /** Keeps back what waits behind others, and what only adds when the store is all but full. */
  #withRoom(entries: readonly Entry[]): readonly Entry[] {
    const shortage = entries.some(({ onlyAdds }) => onlyAdds) ? this.#store.shortage() : undefined;
    return entries.filter((entry) => {
      const { writer, onlyAdds } = entry;
      const reason = onlyAdds ? shortage : undefined;
      if (writer === undefined || (reason === undefined && !this.waitingRoom.has(writer))) return true;
      this.waitingRoom.keep(writer, entry, reason);
      return false;
    });
  }

  #finish(entry: Entry, isAlone: boolean): void {
    const { writer, changes } = entry;
    const mustWait = this.waitingRoom.has(writer);
    const failed = isAlone && !mustWait && changes ? this.#attempt([changes]) : undefined;
    if (writer?.isOpen && (mustWait || failed)) this.waitingRoom.keep(writer, entry, failed);
    else if (failed) entry.failed?.(failed);
    else {
      entry.stored();
      if (changes?.removals?.length) this.waitingRoom.freed();
    }
  }

  #attempt(changes: readonly Changes[]): Error | undefined {
    try {
      this.#store.write(changes);
      return undefined;
    } catch (error) {
      if (storeFailed.is(error)) return error;
      throw error;
    }
  }
}
