import { glob, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Json } from '../../../core/json.ts';
import { send, type SentOn } from '../../outcome.ts';
import { missingResult } from './errors.ts';
import type { WantedResult } from './parameters.ts';
import { isBelow } from '../../../core/below.ts';

/**
 * Tells of the files that a program left in its directory, each on `result-individual-file`, with Zocalo's fields. Links
 * that lead out of it are no results. Throws `command.missing-result`.
 */
export async function resultFiles(
  wanted: readonly WantedResult[],
  directory: string,
  program: string,
): Promise<readonly SentOn[]> {
  const told = await Promise.all(
    wanted.map(async ({ pattern, type = 'Result', rank = 1, optional = false }) => {
      const files = await matching(pattern, directory);
      if (files.length === 0 && !optional) throw missingResult({ program, pattern, directory });
      return files.map((file) => ({
        file_path: dirname(file),
        file_name: basename(file),
        file_type: type,
        importance_rank: rank,
      }));
    }),
  );
  return told.flat().map((payload) => send(payload, 'result-individual-file'));
}

/** All result files that are told of once more, in one message; none where there are none. */
export function allFiles(answers: readonly SentOn[]): readonly SentOn[] {
  const files = answers
    .filter(({ channel }) => channel === 'result-individual-file')
    .map(({ payload }) => pathOf(payload));
  return files.length === 0 ? [] : [send({ filelist: [...new Set(files)] }, 'result-all-files')];
}

async function matching(pattern: string, directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of glob(pattern, { cwd: directory })) {
    const path = join(directory, name);
    const [real, is] = await Promise.all([realpath(path).catch(() => ''), stat(path).catch(() => undefined)]);
    if (is?.isFile() === true && isBelow(real, directory)) found.push(path);
  }
  return found.sort();
}

function pathOf(payload: Json): string {
  const { file_path: folder, file_name: name } = payload as { readonly file_path: string; readonly file_name: string };
  return join(folder, name);
}
