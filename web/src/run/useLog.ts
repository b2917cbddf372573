import { useCallback, useEffect, useState } from 'react';
import type { LogLevel, LogLineView, LogPage } from '../../../src/monitor/api.ts';
import { useFeed } from '../live/context.ts';
import { coalesce } from '../server/coalesce.ts';
import { request, RequestFailure } from '../server/request.ts';

/** Which lines of a run are shown. */
export interface LogFilter {
  readonly level?: LogLevel | undefined;
  readonly step: number | undefined;
}

/** The lines that are there so far, the oldest first; undefined until the first answer. */
export interface Log {
  readonly lines: readonly LogLineView[];
  /** What the last answer said of the run. */
  readonly page: LogPage;
  /** The cursor for what came before the lines; absent when nothing did, or no more lines are held here. */
  readonly earlier: number | undefined;
}

/** What the panel shows, and how to see what came before it. */
export interface ShownLog {
  readonly log: Log | undefined;
  readonly failure: RequestFailure | undefined;
  readonly showEarlier: () => void;
}

/** No more lines are held in the page; the first go. */
const linesAtMost = 5_000;
const firstLook = 200;
const inPage = 1_000;
/** Milliseconds between two questions, however often it is told that there are new lines. */
const pause = 300;

/** Asks for the latest lines of a run, and for what comes, whenever the monitor tells that there is something. */
export function useLog(run: string, { level, step }: LogFilter): ShownLog {
  const feed = useFeed();
  const [kept, keep] = useState<{ readonly of: string; readonly log?: Log; readonly failure?: RequestFailure }>();
  const query = `${level === undefined ? '' : `&level=${level}`}${step === undefined ? '' : `&step=${step}`}`;
  const address = `/api/runs/${encodeURIComponent(run)}/logs`;
  const of = address + query;

  useEffect(() => {
    let after: number | undefined;
    const look = coalesce(async (signal) => {
      try {
        for (;;) {
          const place = after === undefined ? `limit=${firstLook}` : `limit=${inPage}&after=${after}`;
          const page = await request<LogPage>(`${address}?${place}${query}`, signal);
          const isFirst = after === undefined;
          after = page.later;
          keep((before) => ({ of, log: isFirst || before?.of !== of ? begun(page) : goneOn(before.log, page) }));
          if (page.more !== true) return;
        }
      } catch (error) {
        if (!signal.aborted)
          keep((before) => ({ ...(before?.of === of ? before : { of }), failure: failureOf(error) }));
      }
    }, pause);
    look.touch();
    const silence = feed.listen((event) => {
      if (event.type === 'snapshot' || (event.type === 'logs' && (event.others || event.runs.includes(run))))
        look.touch();
    });
    return () => {
      silence();
      look.stop();
    };
  }, [feed, run, address, query, of]);

  const shown = kept?.of === of ? kept : undefined;
  const earlier = shown?.log?.earlier;
  const showEarlier = useCallback(() => {
    if (earlier === undefined) return;
    request<LogPage>(`${address}?limit=${inPage}&before=${earlier}${query}`, new AbortController().signal).then(
      (page) => keep((before) => (before?.of === of && before.log ? { of, log: ledBackTo(before.log, page) } : before)),
      (error: unknown) => keep((before) => (before?.of === of ? { ...before, failure: failureOf(error) } : before)),
    );
  }, [address, query, of, earlier]);
  return { log: shown?.log, failure: shown?.failure, showEarlier };
}

function begun(page: LogPage): Log {
  return { lines: page.items, page, earlier: page.earlier };
}

function goneOn(log: Log | undefined, page: LogPage): Log {
  if (log === undefined) return begun(page);
  const lines = [...log.lines, ...page.items].slice(-linesAtMost);
  const isFull = lines.length < log.lines.length + page.items.length;
  return { lines, page, earlier: isFull ? undefined : log.earlier };
}

function ledBackTo(log: Log, page: LogPage): Log {
  const lines = [...page.items, ...log.lines].slice(-linesAtMost);
  return { lines, page: log.page, earlier: lines.length < linesAtMost ? page.earlier : undefined };
}

function failureOf(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
}
