import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Feed } from './feed.ts';
import type { Live } from './live.ts';

/** The page's feed, put there by `main.tsx`. */
export const FeedContext = createContext<Feed | undefined>(undefined);

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (feed === undefined) throw new Error('No feed around this component.');
  return feed;
}

/** One part of what the feed told; the component draws again only when that part changes. The selector must return a part as it stands, not a new object. */
export function useLive<Part>(select: (live: Live) => Part): Part {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, () => select(feed.current()));
}
