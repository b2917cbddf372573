import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { messageOf } from '../core/errors.ts';
import { usage } from './errors.ts';

/** What a YAML or JSON file that was named on the command line says. Rejects with `cli.usage`. */
export async function yamlIn(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (cause) {
    // The parser shows the place over several lines; the first one names it.
    const [first] = messageOf(cause).split('\n');
    throw usage({ problem: `${file} cannot be read: ${(first ?? '').replace(/:$/, '')}` }, { cause });
  }
}

/** Writes a file that was named on the command line. Rejects with `cli.usage`. */
export async function writeNamed(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw usage({ problem: `${file} cannot be written: ${messageOf(cause)}` }, { cause });
  });
}
