import { Agent, request } from 'node:http';

/** What came of a question: milliseconds until the first byte of the answer was here, and all of it. */
export interface Asked {
  readonly status: number;
  readonly firstByteMs: number;
  readonly text: string;
}

/** Addresses of this host, each of which may ask a monitor 200 times a second. */
const addresses = 200;

/** Asks a monitor over HTTP, on connections that are kept open; from many addresses, so that none asks too often. */
export class Asker implements Disposable {
  readonly #port: number;
  readonly #agents: readonly Agent[];
  #count = 0;

  constructor(port: number) {
    this.#port = port;
    this.#agents = Array.from(
      { length: addresses },
      (_, index) => new Agent({ keepAlive: true, localAddress: `127.0.1.${String(index + 1)}` }),
    );
  }

  /** Rejects when the answer has another status than expected. */
  async get(path: string, expected: readonly number[] = [200]): Promise<Asked> {
    this.#count += 1;
    const agent = this.#agents[this.#count % addresses];
    const begun = performance.now();
    return await new Promise((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port: this.#port, path, ...(agent && { agent }) }, (response) => {
        const firstByteMs = performance.now() - begun;
        const { statusCode: status = 0 } = response;
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => (text += more));
        response.once('end', () =>
          expected.includes(status)
            ? resolve({ status, firstByteMs, text })
            : reject(new Error(`${path}: ${String(status)} ${text}`)),
        );
      });
      asking.on('error', reject).end();
    });
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents) agent.destroy();
  }
}
