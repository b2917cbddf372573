import type { Consumer } from './consumers.ts';
import { Line } from './line.ts';
import type { Message } from './message.ts';

/** Groups remembered beyond those with messages in flight. */
const QUIET_GROUPS = 10_000;

/**
 * Message groups of a queue: each sticks to one consumer, and what comes up for a consumer that is busy waits in that
 * consumer's own line, so that it holds up nobody else.
 */
export class Groups {
  /** Whoever was asked for least recently comes first. */
  readonly #owners = new Map<string, Consumer>();
  readonly #lines = new Map<Consumer, Line>();
  readonly #inFlight = new Map<string, number>();

  /**
   * The consumer that this message has to go to: the owner of its group, which the claimant becomes if there is none, or
   * if the owner wants other messages only.
   */
  ownerOf(message: Message, claimant: Consumer, wants: (owner: Consumer) => boolean): Consumer {
    if (message.group === undefined) return claimant;
    const known = this.#owners.get(message.group);
    const owner = known && wants(known) ? known : claimant;
    this.#owners.delete(message.group);
    if (!message.closesGroup) this.#owners.set(message.group, owner);
    return owner;
  }

  /** Messages that wait for this consumer and no other. */
  lineOf(consumer: Consumer): Line | undefined {
    return this.#lines.get(consumer);
  }

  keepFor(consumer: Consumer, message: Message): void {
    const line = this.#lines.get(consumer) ?? new Line();
    this.#lines.set(consumer, line);
    line.insert(message);
  }

  /** Takes a waiting message out of the line that it is in. */
  remove(message: Message): Message | undefined {
    for (const line of this.#lines.values()) {
      const found = line.remove(message.place);
      if (found) return found;
    }
    return undefined;
  }

  /** The consumer has left: its groups are free, and the messages that waited for it are returned. */
  release(consumer: Consumer): readonly Message[] {
    for (const [group, owner] of this.#owners) if (owner === consumer) this.#owners.delete(group);
    const waiting = [...(this.#lines.get(consumer) ?? [])];
    this.#lines.delete(consumer);
    return waiting;
  }

  /** A message left for its consumer. */
  delivered(message: Message): void {
    if (message.group === undefined) return;
    this.#inFlight.set(message.group, (this.#inFlight.get(message.group) ?? 0) + 1);
    if (this.#owners.size > QUIET_GROUPS) this.#forgetQuietest();
  }

  /** It is no longer in flight. */
  landed(message: Message): void {
    if (message.group === undefined) return;
    const left = (this.#inFlight.get(message.group) ?? 1) - 1;
    if (left > 0) this.#inFlight.set(message.group, left);
    else this.#inFlight.delete(message.group);
  }

  #forgetQuietest(): void {
    for (const group of this.#owners.keys()) {
      if (this.#inFlight.has(group)) continue;
      this.#owners.delete(group);
      return;
    }
  }
}
