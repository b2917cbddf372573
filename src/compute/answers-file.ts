import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf } from '../core/errors.ts';
import type { Ended } from './backend.ts';
import { noAnswers } from './errors.ts';

/**
 * Opens what a program wrote for its answers; undefined where it wrote nothing. It may have put anything in its place: a
 * link to what it may not read itself, or what never ends. Throws for that.
 */
export async function openAnswers(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw noAnswers({ reason: 'it is no file' });
}

/** All that a program answered, at most so many bytes of it. */
export async function answersIn(path: string, most: number): Promise<Ended['answers']> {
  try {
    await using file = await openAnswers(path);
    if (!file) return { text: '' };
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(size, most)), 0, undefined, 0);
    return { text: buffer.toString('utf8', 0, bytesRead) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
