import type { Decision } from './settlement.ts';

/**
 * Decisions whose commit is unknown, by the broker's message id (for a join, by its key). The id survives reconnection
 * and broker restarts: when it is delivered again, the decision is settled without running the handler again. When it
 * is not, the commit had happened. Bounded: the oldest are forgotten first, and their handlers run again.
 */
export class KeptDecisions {
  readonly #byId = new Map<string, Decision>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  keep(id: string, decision: Decision): void {
    this.#byId.delete(id);
    this.#byId.set(id, decision);
    const oldest = this.#byId.keys().next().value;
    if (this.#byId.size > this.#limit && oldest !== undefined) this.#byId.delete(oldest);
  }

  /** The decision kept under this id, which is then no longer kept. */
  take(id: string): Decision | undefined {
    const decision = this.#byId.get(id);
    this.#byId.delete(id);
    return decision;
  }
}
