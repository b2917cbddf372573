import { startActiveMQ } from '../scripts/activemq-broker.ts';
import type { ForeignBroker } from './kills.ts';

/** ActiveMQ, killed and started again on the same data and port. */
export class ForeignActiveMQ implements ForeignBroker, AsyncDisposable {
  readonly #start: () => ReturnType<typeof startActiveMQ>;
  #broker: Awaited<ReturnType<typeof startActiveMQ>>;

  private constructor(
    start: () => ReturnType<typeof startActiveMQ>,
    broker: Awaited<ReturnType<typeof startActiveMQ>>,
  ) {
    this.#start = start;
    this.#broker = broker;
  }

  static async start(folder: string, port: number): Promise<ForeignActiveMQ> {
    const start = async (): ReturnType<typeof startActiveMQ> => await startActiveMQ({ folder, port });
    return new ForeignActiveMQ(start, await start());
  }

  async killAndRestart(): Promise<void> {
    await this.#broker.kill('SIGKILL');
    this.#broker = await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker.kill('SIGKILL');
  }
}
