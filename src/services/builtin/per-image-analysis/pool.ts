import { Piscina } from 'piscina';
import { BatonError, messageOf } from '../../../core/errors.ts';
import { moduleBeside } from '../../../core/module-beside.ts';
import type { Analysis } from './analyser.ts';
import { workerLost } from './errors.ts';
import type { AnalysisAnswer, AnalysisRequest } from './request.ts';

/** Threads that read and analyse frames. */
export interface AnalysisPool extends AsyncDisposable {
  /**
   * Analyses a frame when a thread is free. Rejects with the error of the reader (`detectors.…`) when the frame is absent or
   * damaged, and with the signal's reason when it is aborted: then the thread is replaced, whatever it was in.
   */
  analyse(request: AnalysisRequest, signal?: AbortSignal): Promise<Analysis>;
  /** Ends the threads; what was still under way is rejected. May be called twice. */
  close(): Promise<void>;
}

/** Starts a pool of that many threads. */
export function createAnalysisPool({ threads }: { readonly threads: number }): AnalysisPool {
  const pool = new Piscina<AnalysisRequest, AnalysisAnswer>({
    filename: moduleBeside(import.meta.url, 'worker').href,
    minThreads: threads,
    maxThreads: threads,
  });
  const close = async (): Promise<void> => {
    await pool.destroy();
  };
  return {
    async analyse(request, signal) {
      const answer = await answered(pool, request, signal);
      if ('analysis' in answer) return answer.analysis;
      const { code, message, next, fields } = answer.failure;
      throw new BatonError(code, message, next, fields);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answered(
  pool: Piscina<AnalysisRequest, AnalysisAnswer>,
  request: AnalysisRequest,
  signal: AbortSignal | undefined,
): Promise<AnalysisAnswer> {
  try {
    return await pool.run(request, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw workerLost({ file: request.file, index: request.index, found: messageOf(cause) }, { cause });
  }
}
