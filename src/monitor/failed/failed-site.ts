import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Client } from '../../stomp/client.ts';
import type { FailedCounts, FailureCounts } from '../api.ts';
import type { QueueWatch } from '../queues.ts';
import { LetterDesk } from './desk.ts';
import { LetterWatch } from './letter-watch.ts';
import { Letters } from './letters.ts';
import { Turns } from './turns.ts';

/** Where letters are read and moved: by default over the monitor's own connection, and into a folder within the ledger's. */
export interface LetterPlace {
  readonly client?: Client;
  readonly folder?: string;
}

interface FailedSiteOptions {
  readonly ledger: Ledger;
  readonly client: Client;
  readonly place: LetterPlace;
  readonly queueWatch: QueueWatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (failed: FailedCounts) => void;
}

/** ms between two tellings of how much failed: under a flood they are many. */
const pause = 250;

/** Everything behind the screen of what failed. */
export class FailedSite {
  readonly watch: LetterWatch;
  readonly desk: LetterDesk;
  readonly letters: Letters;
  readonly #options: FailedSiteOptions;
  /** Until something changes. */
  #counts: FailureCounts | undefined;
  #telling: NodeJS.Timeout | undefined;
  #stopListening: () => void = () => undefined;

  constructor(options: FailedSiteOptions) {
    const { ledger, place, queueWatch, clock, log } = options;
    const { client = options.client, folder = join(ledger.folder, 'dead-letters') } = place;
    const { failures } = ledger;
    const turns = new Turns();
    this.#options = options;
    this.watch = new LetterWatch({ client, failures, queueWatch, turns, clock, log });
    this.desk = new LetterDesk({ client, failures, turns, folder, clock, log });
    this.letters = new Letters({ client, failures, turns });
  }

  get counts(): FailedCounts {
    this.#counts ??= this.#options.ledger.failures.queries.counts();
    return { ...this.#counts, unseen: this.watch.unseen };
  }

  start(): void {
    this.#stopListening = this.#options.ledger.failures.events.on('changed', () => {
      this.#counts = undefined;
      this.#telling ??= setTimeout(() => {
        this.#telling = undefined;
        this.#options.tell(this.counts);
      }, pause);
    });
    this.watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.watch.stop(), this.desk.stop()]);
    this.#stopListening();
    clearTimeout(this.#telling);
  }
}
