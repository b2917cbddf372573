import { useCallback, useEffect, useState } from 'react';
import type { LiveEvent } from '../../../src/monitor/api.ts';
import { useFeed } from '../live/context.ts';
import { coalesce } from './coalesce.ts';
import { request, RequestFailure } from './request.ts';

/** What was asked for: the latest answer, and the failure when the latest try had none. `fresh` is false while the answer belongs to another address. */
export interface Requested<Answer> {
  readonly answer?: Answer;
  readonly failure?: RequestFailure;
  readonly fresh: boolean;
  /** Asks again. */
  readonly refresh: () => void;
}

interface Kept<Answer> {
  readonly path: string;
  readonly answer?: Answer;
  readonly failure?: RequestFailure;
}

/** Under a burst of events the same address is asked at most so often (milliseconds). */
const pause = 400;

/**
 * Asks the monitor for a path, and again after each event that `concerns` it; a snapshot always does, because events may
 * have been missed before it. The old answer stays until the new one is there. `concerns` must be the same function each time.
 */
export function useRequest<Answer>(path: string, concerns: (event: LiveEvent) => boolean): Requested<Answer> {
  const feed = useFeed();
  const [kept, keep] = useState<Kept<Answer>>();
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    const ask = coalesce(async (signal) => {
      try {
        const answer = await request<Answer>(path, signal);
        if (!signal.aborted) keep({ path, answer });
      } catch (error) {
        const failure =
          error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
        if (!signal.aborted) keep((before) => (before?.path === path ? { ...before, failure } : { path, failure }));
      }
    }, pause);
    ask.touch();
    const silence = feed.listen((event) => {
      if (event.type === 'snapshot' || concerns(event)) ask.touch();
    });
    return () => {
      silence();
      ask.stop();
    };
  }, [feed, path, concerns, round]);

  return { ...kept, fresh: kept?.path === path, refresh };
}
