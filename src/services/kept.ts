import { type Load, loadOf } from '../stomp/load.ts';
import type { Decision } from './settlement.ts';

/** So much is remembered: many losses of a connection with all that was under way, and no danger to a heap. */
const most: Load = { messages: 10_000, bytes: 64 * 1024 * 1024 };

/**
 * Decisions whose commit is unknown, by the broker's message id (for a join, by its key). The id survives reconnection
 * and broker restarts: when it is delivered again, the decision is settled without running the handler again. When it
 * is not, the commit had happened. Bounded in number and in what they send and tell: the oldest are forgotten first, and their
 * handlers run again.
 */
export class KeptDecisions {
  readonly #byId = new Map<string, { readonly decision: Decision; readonly bytes: number }>();
  readonly #limit: Load;
  #bytes = 0;

  constructor(limit = most) {
    this.#limit = limit;
  }

  keep(id: string, decision: Decision): void {
    this.take(id);
    const bytes = bytesOf(decision);
    this.#byId.set(id, { decision, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= this.#limit.messages && this.#bytes <= this.#limit.bytes) break;
      this.take(oldest);
    }
  }

  /** The decision kept under this id, which is then no longer kept. */
  take(id: string): Decision | undefined {
    const kept = this.#byId.get(id);
    this.#byId.delete(id);
    this.#bytes -= kept?.bytes ?? 0;
    return kept?.decision;
  }
}

/** Records hold the payloads of outputs once more. */
function bytesOf({ sends, records }: Decision): number {
  return loadOf(sends).bytes + Buffer.byteLength(JSON.stringify(records));
}
