import { useEffect, useRef, useState } from 'react';
import { RequestFailure, send } from './request.ts';

/** What would be done: the latest answer, what was wrong with the latest question, and whether the answer is to that. */
export interface Previewed<Answer> {
  readonly answer?: Answer;
  readonly failure?: RequestFailure;
  readonly fresh: boolean;
}

interface Kept<Answer> {
  readonly question: string;
  readonly answer?: Answer;
  readonly failure?: RequestFailure;
}

/** So long after the last change it is asked, in milliseconds. */
const typingPause = 250;

/** Asks what would be done, anew a moment after each change of the question; nothing while there is none. */
export function usePreview<Answer>(path: string, body: object | undefined): Previewed<Answer> {
  const question = body && JSON.stringify(body);
  const [kept, keep] = useState<Kept<Answer>>();
  const isFirst = useRef(true);
  useEffect(() => {
    if (question === undefined) return;
    let isWanted = true;
    // The first is asked at once; after that each waits for the typing to pause.
    const pause = isFirst.current ? 0 : typingPause;
    isFirst.current = false;
    const timer = setTimeout(() => {
      send<Answer>('POST', path, JSON.parse(question) as object)
        .then((answer) => isWanted && keep({ question, answer }))
        .catch((error: unknown) => {
          const failure =
            error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
          // The last good answer stays: its fields are those that somebody edits.
          if (isWanted)
            keep((before) => ({
              question,
              failure,
              ...(before?.answer === undefined ? {} : { answer: before.answer }),
            }));
        });
    }, pause);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, question]);
  return { ...kept, fresh: kept !== undefined && kept.question === question };
}
