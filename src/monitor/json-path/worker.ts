import { parentPort, workerData } from 'node:worker_threads';
import { JSONPathEnvironment, JSONPathError } from 'json-p3';
import type { Json } from '../../core/json.ts';
import type { Match, Selection, SelectionRequest } from './select.ts';

/** The thread in which a path is followed. It is ended when it takes too long, whatever it is in. */
parentPort?.postMessage(selection(workerData as SelectionRequest));

function selection({ text, path, matchesAtMost, bytesAtMost }: SelectionRequest): Selection {
  const environment = new JSONPathEnvironment({ maxRecursionDepth: 1_000 });
  const matches: Match[] = [];
  let bytes = 0;
  try {
    for (const node of environment.lazyQuery(path, JSON.parse(text) as never)) {
      const match = { at: node.path, value: node.value as Json };
      matches.push(match);
      bytes += JSON.stringify(match).length;
      if (matches.length > matchesAtMost || bytes > bytesAtMost) return { failure: 'too much' };
    }
  } catch (error) {
    if (error instanceof JSONPathError) return { failure: 'bad path', reason: error.message };
    throw error;
  }
  return { matches };
}
