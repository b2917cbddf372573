import { Client, type Outgoing } from '../../src/stomp/client.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { names } from '../../src/services/names.ts';
import { Desk } from './facility.ts';

/** Where the process dies with the announcement of a run: before it is sent, after the broker has it and before that is known, or after that. */
export type DeathPoint = 'written' | 'sent' | 'confirmed' | 'never';

/** What the process is told. */
export interface Told {
  readonly address: string;
  readonly folder: string;
  readonly point: DeathPoint;
  /** Announcements that are sent before. */
  readonly after: number;
}

/** Dies with one of its announcements of reruns. */
class DyingClient extends Client {
  readonly #told: Told;
  #announced = 0;

  constructor(told: Told) {
    super({ address: parseBrokerAddress(told.address), name: 'desk' });
    this.#told = told;
  }

  override async send(message: Outgoing, signal?: AbortSignal): Promise<void> {
    const isLast = message.destination === this.queue(names.reruns) && (this.#announced += 1) > this.#told.after;
    if (isLast && this.#told.point === 'written') die();
    await super.send(message, signal);
    // The receipt has come to this process, and not to who waits for it: as if it never had.
    if (isLast && this.#told.point === 'sent') die();
    if (isLast && this.#told.point === 'confirmed') setImmediate(die);
  }
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

const told = JSON.parse(process.argv[2] ?? '') as Told;
const rules = { quietSeconds: 0, queueHigh: 1_000, queueLow: 100 };
const desk = await Desk.open(told.address, told.folder, { rules }, new DyingClient(told));
desk.reprocessing.queues([]);
process.send?.('running');
process.once('disconnect', () => process.exit());
