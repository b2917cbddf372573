import type { Settlement } from './settlement.ts';

/** The oldest are forgotten first. */
const remembered = 10_000;
/** So often a connection may end over one settlement before that is taken for the cause. */
const limit = 5;

/**
 * Messages whose settlement shared a transaction that went wrong, by the broker's id: each is settled alone from then on,
 * until that succeeds.
 */
export class Loners {
  /** How often the connection ended while nothing but this was under way. */
  readonly #losses = new Map<string, number>();

  has({ acks }: Settlement): boolean {
    return this.#losses.size > 0 && acks.some(({ messageId }) => this.#losses.has(messageId));
  }

  add({ acks }: Settlement): void {
    for (const { messageId } of acks) this.#losses.set(messageId, this.#losses.get(messageId) ?? 0);
    for (const oldest of this.#losses.keys()) {
      if (this.#losses.size <= remembered) break;
      this.#losses.delete(oldest);
    }
  }

  delete({ acks }: Settlement): void {
    for (const { messageId } of acks) this.#losses.delete(messageId);
  }

  /** Counts that the connection ended over one of them, which was alone. True when that was too often. */
  isCulprit({ acks }: Settlement): boolean {
    const [first] = acks;
    if (!first) return false;
    const losses = (this.#losses.get(first.messageId) ?? 0) + 1;
    this.#losses.set(first.messageId, losses);
    return losses >= limit;
  }
}
