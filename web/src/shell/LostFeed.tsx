import type { ReactElement } from 'react';
import { useFeed, useLive } from '../live/context.ts';
import { useClock } from '../live/now.ts';
import { Mark } from '../parts/Mark.tsx';
import { duration, moment } from '../words/time.ts';

/** Says that the page has lost its feed, and how old what it shows is. It lies over the page's first lines and moves nothing. */
export function LostFeed(): ReactElement | null {
  const feed = useFeed();
  const connection = useLive((live) => live.connection);
  const known = useLive((live) => live.epoch > 0);
  if (connection.state !== 'lost') return null;
  return (
    <div className="lost-feed" role="alert">
      <div className="lost-feed-box">
        <Mark shape="cross" />
        <p>
          <strong>This page has lost its feed.</strong>{' '}
          {known ? <Since time={connection.since} /> : 'Nothing was heard of the monitor yet.'} It connects again by
          itself.
        </p>
        <button type="button" className="button" onClick={feed.reopen}>
          Try now
        </button>
      </div>
    </div>
  );
}

function Since({ time }: { readonly time: number }): ReactElement {
  const now = useClock();
  return (
    <>
      What you see is from {moment(time, now)}
      <span aria-hidden="true">, {duration(Math.floor(Math.max(0, now - time) / 1000) * 1000)} ago</span>.
    </>
  );
}
