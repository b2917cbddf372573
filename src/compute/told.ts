import { openAnswers } from './answers-file.ts';
import type { JobListener } from './backend.ts';
import type { Printed } from './printed.ts';
import { Tail } from './tail.ts';

/** Tells the listener of a job what the program printed and answered since the last look. */
export class Told {
  readonly #path: string;
  readonly #printed: Printed;
  readonly #listener: JobListener;
  readonly #lines = new Tail();
  readonly #answers = new Tail({ staysWhole: true });

  constructor(path: string, printed: Printed, listener: JobListener) {
    this.#path = path;
    this.#printed = printed;
    this.#listener = listener;
  }

  async look(isLast = false): Promise<void> {
    await this.#tellPrinted(isLast);
    await this.#tellAnswered();
  }

  /** After its end: what is there, but no more than a look's worth of what it printed. */
  async rest(): Promise<void> {
    // What cannot be read is a matter of its answers as a whole.
    await this.look(true).catch(() => undefined);
  }

  async #tellPrinted(isLast: boolean): Promise<void> {
    const { printed } = this.#listener;
    if (!printed) return;
    const skipped = this.#lines.catchUp(await this.#printed.bytes());
    const lines = await this.#lines.lines(this.#printed, isLast);
    const all = skipped === 0 ? lines : [`… ${skipped} bytes left out …`, ...lines];
    if (all.length > 0) printed(all);
  }

  /** A line without an end is still being written. */
  async #tellAnswered(): Promise<void> {
    const { answered } = this.#listener;
    if (!answered) return;
    await using file = await openAnswers(this.#path);
    if (!file) return;
    const lines = await this.#answers.lines(file);
    if (lines.length > 0) answered(lines);
  }
}
