import { useEffect, useState } from 'react';
import type { BackfillPreview } from '../../../src/monitor/api.ts';
import { RequestFailure, send } from '../server/request.ts';
import type { Asked } from './wish.ts';

export interface Previewed {
  readonly preview?: BackfillPreview;
  readonly failure?: RequestFailure;
  /** Whether the preview is of what is asked for now. */
  readonly fresh: boolean;
  readonly refresh: () => void;
}

interface Kept {
  readonly of: string;
  readonly preview?: BackfillPreview;
  readonly failure?: RequestFailure;
}

/** So long after the last change it is counted anew, in milliseconds. */
const pause = 250;

/** What a back-fill would be, counted anew whenever what is asked for changes. Nothing is asked while nothing is. */
export function usePreview(asked: Asked | undefined): Previewed {
  const of = asked === undefined ? '' : JSON.stringify(asked);
  const [kept, keep] = useState<Kept>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (of === '') return;
    let isOver = false;
    const ask = async (): Promise<void> => {
      try {
        const preview = await send<BackfillPreview>('POST', '/api/backfills/preview', JSON.parse(of) as object);
        if (!isOver) keep({ of, preview });
      } catch (error) {
        const failure =
          error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
        if (!isOver) keep({ of, failure });
      }
    };
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [of, round]);
  const refresh = (): void => setRound((before) => before + 1);
  return of === '' ? { fresh: true, refresh } : { ...kept, fresh: kept?.of === of, refresh };
}
