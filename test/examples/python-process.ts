import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { python } from '../fixtures/debian-programs.ts';

const program = new URL('../../examples/languages/scan_peak.py', import.meta.url).pathname;

/** The Python program of examples/languages, on a broker. */
export class PythonProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';
  #saidMore = Promise.withResolvers<void>();

  private constructor(broker: string, options: readonly string[]) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    this.#child = spawn(python, [program, '--broker', broker, ...options], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
      this.#saidMore.resolve();
      this.#saidMore = Promise.withResolvers();
    });
    this.#ended = once(this.#child, 'close');
  }

  /** Resolves when it has subscribed. */
  static async start(broker: string, ...options: readonly string[]): Promise<PythonProcess> {
    const started = new PythonProcess(broker, options);
    await started.says('is up');
    return started;
  }

  /** Resolves when it has told this on standard error; what it told is returned. */
  async says(text: string): Promise<string> {
    while (!this.#said.includes(text)) {
      await Promise.race([this.#saidMore.promise, this.#ended]);
      if (!this.#said.includes(text) && this.#child.exitCode !== null) throw new Error(`It ended:\n${this.#said}`);
    }
    return this.#said;
  }

  /** The name under which it broadcasts. */
  get host(): string {
    return /up: (\S+)/.exec(this.#said)?.[1] ?? '';
  }

  /** Its exit code, once it has ended. */
  async exited(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
