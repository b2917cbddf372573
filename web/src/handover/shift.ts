import type { HandoverView } from '../../../src/monitor/api.ts';

/** Times in the site's own time zone: shifts begin by it, wherever the reader is. */
export function timeIn(timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  });
  return (time) => format.format(time);
}

/** The question to the monitor that belongs to the page's address. */
export function rangeIn(query: URLSearchParams): string {
  const asked = new URLSearchParams();
  for (const name of ['from', 'to']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  return asked.size === 0 ? '' : `?${asked.toString()}`;
}

/** The page of a stretch of time. */
export function pageOf({ from, to }: { readonly from: number; readonly to: number }): string {
  return `/handover?from=${String(from)}&to=${String(to)}`;
}

/** The runs of the stretch of time that also fulfil this. */
export function runsOf({ from, to }: HandoverView, condition: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...condition, from: String(from), to: String(to) });
  return `/runs?${query.toString()}`;
}
