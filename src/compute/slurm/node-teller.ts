import { open, type FileHandle } from 'node:fs/promises';
import type { JobListener } from '../backend.ts';
import type { LifeFiles } from './files.ts';
import type { NodeLease } from './node-lease.ts';

/** Lines that a job may print from one time that it is told to the next; what is more is left out. */
const linesAtOnce = 200;

/** Writes what a job prints and answers while it runs into the shared folder, whole lines at a time. */
export class NodeTeller implements AsyncDisposable {
  readonly #printed: Growing;
  readonly #answered: Growing;
  readonly #lease: NodeLease;
  readonly #lines: string[] = [];
  #leftOut = 0;
  #writing: Promise<void> | undefined;

  private constructor(printed: FileHandle, answered: FileHandle, lease: NodeLease) {
    this.#printed = new Growing(printed);
    this.#answered = new Growing(answered);
    this.#lease = lease;
  }

  static async start({ printed, answered }: LifeFiles, lease: NodeLease): Promise<NodeTeller> {
    return new NodeTeller(await open(printed, 'ax', 0o600), await open(answered, 'ax', 0o600), lease);
  }

  readonly listener: JobListener = {
    started: () => this.#lease.started(),
    printed: (lines) => {
      const room = linesAtOnce - this.#lines.length;
      this.#lines.push(...lines.slice(0, room));
      this.#leftOut += Math.max(0, lines.length - room);
      this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    },
    answered: (lines) => {
      void this.#answered.write(lines).then((bytes) => this.#lease.wrote('answered', bytes));
    },
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await Promise.all([this.#printed.close(), this.#answered.close()]);
  }

  async #write(): Promise<void> {
    while (this.#lines.length > 0) {
      const left = this.#leftOut === 0 ? [] : [`… ${this.#leftOut} lines left out …`];
      const lines = [...this.#lines.splice(0), ...left];
      this.#leftOut = 0;
      this.#lease.wrote('printed', await this.#printed.write(lines));
    }
  }
}

/** A file that lines are added to, in order. What cannot be written is told at the job's end. */
class Growing {
  readonly #file: FileHandle;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Resolves with how much is written now. */
  async write(lines: readonly string[]): Promise<number> {
    const text = lines.map((line) => `${line}\n`).join('');
    this.#writing = this.#writing.then(async () => {
      await this.#file.appendFile(text).then(
        () => void (this.#bytes += Buffer.byteLength(text)),
        () => undefined,
      );
    });
    await this.#writing;
    return this.#bytes;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}
