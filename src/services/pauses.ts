import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { isMeant, readPauses, type Pause } from './pause.ts';

/** What is paused, as far as this process was told: by the ledger, which keeps it. */
export class Pauses {
  readonly #watchers = new Set<() => void>();
  #all: readonly Pause[] = [];

  /** What holds back this service on this host; of several the longest. */
  of(serviceClass: string, host: string): Pause | undefined {
    const those = this.#all.filter((pause) => isMeant(pause, { serviceClass, host }));
    return those.toSorted((a, b) => a.since - b.since)[0];
  }

  get all(): readonly Pause[] {
    return this.#all;
  }

  /** Takes over the whole list. */
  replace(pauses: readonly Pause[]): void {
    if (JSON.stringify(pauses) === JSON.stringify(this.#all)) return;
    this.#all = pauses;
    for (const tell of [...this.#watchers]) tell();
  }

  /** Calls back when something else is paused; the returned function ends that. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
}

const fileName = 'paused.json';

/**
 * Keeps the list in a file of the folder, for the processes that start there while no ledger answers: they obey what was
 * known last. The returned function ends that, and resolves when nothing is being written.
 */
export async function rememberPauses(pauses: Pauses, folder: string, log: Log): Promise<() => Promise<void>> {
  const file = join(folder, fileName);
  pauses.replace(await readFile(file, 'utf8').then(parsed, () => []));
  let writing = Promise.resolve();
  const forget = pauses.watch(() => {
    writing = writing
      .then(async () => await write(folder, pauses.all))
      .catch((error: unknown) => {
        log.warn({ file, reason: messageOf(error) }, 'what is paused was not written down');
      });
  });
  return async () => {
    forget();
    await writing;
  };
}

/** Processes that share the folder write the same, each under a name of its own until it is whole. */
async function write(folder: string, all: readonly Pause[]): Promise<void> {
  const part = join(folder, `.${fileName}.${String(process.pid)}.part`);
  await mkdir(folder, { recursive: true });
  await writeFile(part, JSON.stringify(all), { flush: true });
  await rename(part, join(folder, fileName));
}

/** A file that is broken tells nothing: the ledger does. */
function parsed(text: string): readonly Pause[] {
  try {
    return readPauses(JSON.parse(text) as Json) ?? [];
  } catch {
    return [];
  }
}
