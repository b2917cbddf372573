import type { ReactElement } from 'react';
import { useNow } from '../live/now.ts';
import { age, duration, moment } from '../words/time.ts';

/** A point in time, as short as it stays clear; the full date stands in the title. */
export function Moment({ time }: { readonly time: number }): ReactElement {
  const now = useNow();
  return <Stamp time={time}>{moment(time, now)}</Stamp>;
}

/** How long ago something was, counting on. */
export function Age({ time }: { readonly time: number }): ReactElement {
  const now = useNow();
  return <Stamp time={time}>{age(time, now)}</Stamp>;
}

/** How long something took; while it has not ended, how long it has been going on. */
export function Took({ from, to }: { readonly from: number; readonly to: number | undefined }): ReactElement {
  return to === undefined ? <Going from={from} /> : <>{duration(to - from)}</>;
}

function Going({ from }: { readonly from: number }): ReactElement {
  const now = useNow();
  return <>{duration(Math.floor(Math.max(0, now - from) / 1000) * 1000)}</>;
}

function Stamp({ time, children }: { readonly time: number; readonly children: string }): ReactElement {
  return (
    <time dateTime={new Date(time).toISOString()} title={new Date(time).toLocaleString('en-GB')}>
      {children}
    </time>
  );
}
