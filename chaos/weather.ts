import { renameSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

/** What all processes of a Baton find the machine to be like. */
export interface Conditions {
  /** Milliseconds by which its clock is wrong. */
  readonly clock: number;
  /** Milliseconds that the disk takes for each commit, at most. */
  readonly commit: number;
}

export const fair: Conditions = { clock: 0, commit: 0 };

/** The environment variable that names the file with the conditions. */
export const weatherVariable = 'BATON_CHAOS_WEATHER';

/** Sets the clock and the speed of the disk for processes that run under it, while they run. */
export class Weather {
  readonly file: string;
  #conditions = fair;

  constructor(file: string) {
    this.file = file;
    this.change({});
  }

  change(conditions: Partial<Conditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions };
    // Renamed, so that nobody reads half of it.
    writeFileSync(`${this.file}.new`, JSON.stringify(this.#conditions));
    renameSync(`${this.file}.new`, this.file);
  }

  /** What a process is started with to be under this weather, and with it all that it starts. */
  get environment(): Readonly<Record<string, string>> {
    const preload = pathToFileURL(resolve(import.meta.dirname, 'under-weather.ts')).href;
    return { [weatherVariable]: this.file, NODE_OPTIONS: `--import=${preload} --max-old-space-size=${String(heap)}` };
  }
}

/** MB: a handler that leaks is to find its end soon. */
const heap = 192;
