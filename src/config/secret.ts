import { readFile } from 'node:fs/promises';
import { messageOf } from '../core/errors.ts';
import { secretUnusable } from './errors.ts';

/** The passcode in a file: its first line. `key` is what names the file in baton.yaml. Throws `config.secret-unusable`. */
export async function readPasscode(key: string, file: string): Promise<string> {
  const [passcode = ''] = (await readSecret(key, file)).split(/\r?\n/, 1);
  if (passcode === '') throw secretUnusable({ key, file, reason: 'its first line is empty' });
  return passcode;
}

/** The text of a file that only Baton should be able to read. Throws `config.secret-unusable`. */
export async function readSecret(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw secretUnusable({ key, file, reason: messageOf(cause) }, { cause });
  }
}
