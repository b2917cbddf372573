import { setTimeout } from 'node:timers/promises';
import { startActiveMQ } from '../scripts/activemq-broker.ts';

type ActiveMQ = Awaited<ReturnType<typeof startActiveMQ>>;

/** ms after which a broker that ended is started again, as systemd would. */
const restartAfter = 500;

/** ActiveMQ, started again on the same data and port whenever it ends. */
export class ForeignActiveMQ implements AsyncDisposable {
  readonly #start: () => Promise<ActiveMQ>;
  readonly #tell: (what: string) => void;
  #broker: ActiveMQ | undefined;
  #isStopping = false;
  #keeping: Promise<void> | undefined;

  private constructor(start: () => Promise<ActiveMQ>, tell: (what: string) => void) {
    this.#start = start;
    this.#tell = tell;
  }

  static async start(folder: string, port: number, tell: (what: string) => void): Promise<ForeignActiveMQ> {
    const onLine = (line: string): void => tell(`activemq says: ${line}`);
    const foreign = new ForeignActiveMQ(() => startActiveMQ({ folder, port, onLine }), tell);
    foreign.#broker = await foreign.#start();
    foreign.#keeping = foreign.#keep(foreign.#broker);
    return foreign;
  }

  get pid(): number | undefined {
    return this.#broker?.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    await this.#broker?.kill('SIGKILL');
    await this.#keeping;
  }

  async #keep(broker: ActiveMQ): Promise<void> {
    await broker.ended;
    this.#broker = undefined;
    while (!this.#isStopping && !this.#broker) {
      await setTimeout(restartAfter);
      this.#broker = await this.#start().catch((error: unknown) => {
        this.#tell(`activemq did not start: ${String(error)}`);
        return undefined;
      });
    }
    if (!this.#broker) return;
    if (this.#isStopping) await this.#broker.kill('SIGKILL');
    else await this.#keep(this.#broker);
  }
}
