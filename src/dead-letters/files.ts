import { readFile } from 'node:fs/promises';
import { messageOf } from '../core/errors.ts';
import type { Client } from '../stomp/client.ts';
import { parseLetter } from './file.ts';
import { sends } from './move.ts';
import { reinjection, type Order, type Reinjection } from './reinjection.ts';

/** Files in one transaction. */
const batchSize = 25;

/** What became of files of dead letters. */
export interface FilesSent {
  readonly sent: number;
  /** Files that cannot be sent, and why. */
  readonly left: readonly { readonly file: string; readonly reason: string }[];
  readonly interrupted: boolean;
}

/**
 * Sends the dead letters in these files again, in their order. `sent` is told of files that the broker has confirmed:
 * only then may they be removed. Sent twice, a letter has the same keys, and is counted once.
 */
export async function reinjectFiles(
  client: Client,
  files: readonly string[],
  order: Order,
  { signal, sent }: { readonly signal: AbortSignal; readonly sent: (files: readonly string[]) => Promise<void> },
): Promise<FilesSent> {
  const left: { file: string; reason: string }[] = [];
  let count = 0;
  for (let at = 0; at < files.length && !signal.aborted; at += batchSize) {
    const batch: { file: string; reinjection: Reinjection }[] = [];
    for (const file of files.slice(at, at + batchSize)) {
      const found = await read(file, order);
      if (typeof found === 'string') left.push({ file, reason: found });
      else batch.push({ file, reinjection: found });
    }
    const send = sends(
      batch.map((one) => one.reinjection),
      client,
    );
    await client.transact({ ack: [], send });
    await sent(batch.map(({ file }) => file));
    count += batch.length;
  }
  return { sent: count, left, interrupted: signal.aborted && count + left.length < files.length };
}

async function read(file: string, order: Order): Promise<Reinjection | string> {
  try {
    const letter = parseLetter(await readFile(file, 'utf8'), file);
    return reinjection(letter, order) ?? 'It does not tell where it came from.';
  } catch (error) {
    return messageOf(error);
  }
}
