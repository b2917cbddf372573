import type { Client } from '../stomp/client.ts';
import { LetterFolder } from './folder.ts';
import { letterOf } from './letter.ts';
import { look, type Look } from './look.ts';
import { move, type Moved } from './move.ts';
import type { Emptying } from './reinject.ts';

/** Writes the dead letters of a queue to files, and acknowledges each when its file is safe on disk. */
export async function purgeQueue(client: Client, source: string, path: string, options: Emptying): Promise<Moved> {
  const folder = new LetterFolder(path);
  return await move({
    ...options,
    client,
    source,
    decide: (deliveries) => {
      for (const delivery of deliveries) folder.write(letterOf(delivery));
      folder.sync();
      return deliveries.map(() => ({}));
    },
  });
}

/** Writes copies of the dead letters of a queue to files; they stay in the queue. */
export async function exportQueue(client: Client, source: string, path: string): Promise<Look> {
  const folder = new LetterFolder(path);
  const looked = await look(client, source, (letter) => void folder.write(letter));
  folder.sync();
  return looked;
}
