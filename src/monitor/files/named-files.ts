import { join, normalize } from 'node:path';
import { isObject, type Json } from '../../core/json.ts';
import type { ResultView } from '../api.ts';

/** A file of a run: one that a result of its names. */
export interface NamedFile {
  readonly path: string;
  /** Of the step whose result names it first. */
  readonly step: number;
}

/** Files beyond this number are not told of. */
const filesAtMost = 10_000;

/** The files that results name, in that order, each once: absolute paths, and Zocalo's `file_path` with `file_name`. */
export function filesOf(results: Iterable<Pick<ResultView, 'step' | 'result'>>): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  for (const { step, result } of results)
    for (const path of pathsIn(result)) {
      if (files.size >= filesAtMost) return [...files.values()];
      if (!files.has(path)) files.set(path, { path, step });
    }
  return [...files.values()];
}

function* pathsIn(value: Json): Generator<string> {
  // Not by recursion: what is nested deeply is no reason to fail.
  const open: Json[] = [value];
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    if (typeof inner === 'string') {
      if (isPath(inner)) yield normalize(inner);
    } else if (Array.isArray(inner)) open.push(...(inner as Json[]).toReversed());
    else if (isObject(inner)) {
      const { file_path: folder, file_name: name, ...rest } = inner;
      if (typeof folder === 'string' && typeof name === 'string' && isPath(`${folder}/${name}`))
        yield join(folder, name);
      open.push(...Object.values(rest).toReversed());
    }
  }
}

/** No folder, and nothing that only begins like a path. */
function isPath(text: string): boolean {
  return /^\/[^\0\n]{1,4000}[^/\0\n]$/.test(text);
}
