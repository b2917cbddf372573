import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Json } from '../../core/json.ts';
import { moduleBeside } from '../../core/module-beside.ts';
import { badPath, costlyPath, tooMany } from '../errors.ts';

/** What a path leads to. */
export interface Match {
  /** Where it is: a path that leads to nothing else. */
  readonly at: string;
  readonly value: Json;
}

export interface SelectionRequest {
  /** JSON text. */
  readonly text: string;
  readonly path: string;
  readonly matchesAtMost: number;
  readonly bytesAtMost: number;
}

export type Selection =
  | { readonly matches: readonly Match[] }
  | { readonly failure: 'bad path'; readonly reason: string }
  | { readonly failure: 'too much' };

const limits = { seconds: 2, matchesAtMost: 10_000, bytesAtMost: 4 * 2 ** 20 };
/** Megabytes of a thread: a few times what a result has at most. */
const megabytes = 128;
/** Paths that are followed at the same time. */
const threadsAtMost = 4;

/**
 * Follows JSONPaths (RFC 9535), each in a thread of its own: a path can be made to take for ever (`$..[?@..*]`, or a regular
 * expression in it), and then only its thread is lost.
 */
export class Selector {
  #busy = 0;

  /** Where the path leads in the value. Throws `monitor.bad-path`, `monitor.costly-path` and `monitor.too-many`. */
  async select(value: Json, path: string): Promise<readonly Match[]> {
    if (this.#busy >= threadsAtMost) throw tooMany({ what: 'paths at the same time', limit: threadsAtMost });
    this.#busy += 1;
    try {
      const selection = await followed({ text: JSON.stringify(value), path, ...limits });
      if ('matches' in selection) return selection.matches;
      throw selection.failure === 'bad path' ? badPath({ path, reason: selection.reason }) : tooCostly(path);
    } finally {
      this.#busy -= 1;
    }
  }
}

async function followed(request: SelectionRequest): Promise<Selection> {
  const worker = new Worker(moduleBeside(import.meta.url, 'worker'), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
  });
  try {
    const [selection] = (await once(worker, 'message', {
      signal: AbortSignal.timeout(limits.seconds * 1_000),
    })) as [Selection];
    return selection;
  } catch (cause) {
    throw tooCostly(request.path, cause);
  } finally {
    await worker.terminate();
  }
}

function tooCostly(path: string, cause?: unknown): Error {
  return costlyPath({ path, ...limits }, { cause });
}
