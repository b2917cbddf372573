import type { Gate } from './gate.ts';
import type { RunningNotes } from './suspects.ts';

/** What the guard is told about a message while it is decided. */
export interface Guard {
  /** Notes for whoever watches over the process by when the handler should have ended, in seconds from now, where that is not what the consumer was told. */
  expect(seconds: number): Promise<void>;
  /** Waits for what others do, in other processes: as long as it takes, a death of this one is not held against the message, and it need not run alone. */
  aside<Value>(what: Promise<Value>): Promise<Value>;
}

/** Of a join, whose members are held: nothing is noted of it beside its own time. */
export const inPlace: Pick<Guard, 'aside'> = { aside: async (what) => await what };

/** The guard over one message: it enters by the gate, and is noted as running until it leaves. */
export class MessageGuard implements Guard {
  readonly #gate: Gate;
  readonly #notes: RunningNotes;
  readonly #messageId: string;
  /** A suspect runs alone. */
  readonly #isAlone: boolean;
  #expected = 0;

  constructor(watch: { readonly gate: Gate; readonly notes: RunningNotes }, messageId: string, isAlone: boolean) {
    this.#gate = watch.gate;
    this.#notes = watch.notes;
    this.#messageId = messageId;
    this.#isAlone = isAlone;
  }

  /** True when inside; otherwise `enter` waits. */
  tryEnter(): boolean {
    return this.#gate.tryEnter(this.#isAlone);
  }

  async enter(): Promise<void> {
    await this.#gate.enter(this.#isAlone);
  }

  leave(): void {
    this.#notes.ended(this.#messageId);
    this.#gate.leave();
  }

  expect(seconds: number): Promise<void> {
    this.#expected = seconds;
    return this.#notes.started(this.#messageId, seconds);
  }

  async aside<Value>(what: Promise<Value>): Promise<Value> {
    this.leave();
    try {
      return await what;
    } finally {
      await this.enter();
      await this.expect(this.#expected);
    }
  }
}
