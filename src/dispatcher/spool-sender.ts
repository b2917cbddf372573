import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { orAborted } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { syncFolder, writeDurably } from '../core/durable.ts';
import { messageOf } from '../core/errors.ts';
import { digest } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { Client } from '../stomp/client.ts';
import { invalid, refused } from '../stomp/errors.ts';
import { isTooLarge } from '../stomp/too-large.ts';
import { parseSpooled, type Spooled } from './spool.ts';

export interface SpoolSenderOptions {
  readonly client: Client;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds between two looks into the folder; 1 where nothing is said. */
  readonly interval?: number;
}

/** Milliseconds for the broker to confirm what is under way when the sender is stopped. */
const grace = 1_000;

/** When sending ends: before the next file, and without waiting any longer for the broker. */
interface Ending {
  readonly stopping: AbortSignal;
  readonly abandoning: AbortSignal;
}

/** Sends what is spooled in a folder, whenever there is something and a broker. */
export class SpoolSender {
  readonly #options: SpoolSenderOptions;
  readonly #stopping = new AbortController();
  readonly #abandoning = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(options: SpoolSenderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sending ??= this.#run();
  }

  /** Resolves when nothing is under way. What was not sent stays in the folder. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#abandoning.abort(), grace);
    await this.#sending;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { client, folder, clock, log, interval = 1 } = this.#options;
    const { signal } = this.#stopping;
    const isOver = (): boolean => signal.aborted;
    for (;;) {
      try {
        await sendSpooled(client, folder, log, { stopping: signal, abandoning: this.#abandoning.signal });
        await clock.sleep(interval * 1000, signal);
      } catch (error) {
        if (isOver()) return;
        log.warn({ folder, reason: messageOf(error) }, 'spooled announcements are not sent yet');
        await clock.sleep(interval * 5000, signal).catch(() => undefined);
        if (isOver()) return;
      }
    }
  }
}

/**
 * Sends all announcements in a folder, in the order of their names; each file is removed when the broker has confirmed
 * it. Killed in between, it sends one twice, and the dispatcher answers that it is a duplicate. What is no announcement, or
 * more than the broker reads, moves to `refused/`, with the reason beside it.
 */
export async function sendSpooled(client: Client, folder: string, log: Log, ending?: Ending): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    try {
      const announcement = parseSpooled(await readFile(path, 'utf8'), await idOf(path));
      ending?.stopping.throwIfAborted();
      const sent = client.send(outgoing(announcement, client));
      await (ending ? orAborted(sent, ending.abandoning) : sent);
      await rm(path, { force: true });
      await syncFolder(folder);
      log.info({ file: name }, 'spooled announcement sent');
    } catch (error) {
      if (isGone(error)) continue;
      if (!isItsFault(error)) throw error;
      await putAside(folder, name, messageOf(error));
      log.warn({ file: name, reason: messageOf(error) }, 'spooled file refused');
    }
  }
}

/** Files that begin with a dot, or do not end in `.json`, are still being written. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isGone(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && /^[^.].*\.json$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** A run id for the announcement in a file that names none: the same as long as the file is not written anew. */
async function idOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await lstat(path);
  return `spooled-${digest(path, ino, mtimeMs, size)}`;
}

function outgoing({ queue, headers, message }: Spooled, client: Client): Parameters<Client['send']>[0] {
  return { destination: client.queue(queue), headers, body: JSON.stringify(message) };
}

/** The reason is written first: a file in `refused/` is never without one. */
async function putAside(folder: string, name: string, reason: string): Promise<void> {
  const refused = join(folder, 'refused');
  await mkdir(refused, { recursive: true });
  await writeDurably(join(refused, `${name}.reason`), `${reason}\n`);
  await rename(join(folder, name), join(refused, name));
  await syncFolder(refused);
  await syncFolder(folder);
}

function isItsFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (refused.is(error)) return isTooLarge(error.fields['reason'] as string);
  return invalid.is(error) || code === 'dispatcher.bad-spool' || code.startsWith('recipes.');
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
