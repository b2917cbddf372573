import { lazy, Suspense, useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { useFeed, useLive } from './live/context.ts';
import { Overview } from './overview/Overview.tsx';
import { Link } from './routing/Link.tsx';
import { usePlace } from './routing/place.ts';
import { Run } from './run/Run.tsx';
import { Runs } from './runs/Runs.tsx';
import { LostFeed } from './shell/LostFeed.tsx';
import { TopBar } from './shell/TopBar.tsx';
import './shell/shell.css';

// With the editor, which is as large as all the rest.
const Recipes = lazy(() => import('./recipes/Recipes.tsx'));
const Recipe = lazy(() => import('./recipes/Recipe.tsx'));

const Reprocess = lazy(() => import('./reprocess/Reprocess.tsx'));
const Backfill = lazy(() => import('./reprocess/Backfill.tsx'));

const Handover = lazy(() => import('./handover/Handover.tsx'));
const Audit = lazy(() => import('./audit/Audit.tsx'));
const Kiosk = lazy(() => import('./kiosk/Kiosk.tsx'));

const Announce = lazy(() => import('./announce/Announce.tsx'));

const Jobs = lazy(() => import('./jobs/Jobs.tsx'));

const Failed = lazy(() => import('./failed/Failed.tsx'));
const FailedGroup = lazy(() => import('./failed/Group.tsx'));

/** The page: its bar, the banner when the feed is lost, and the screen that the address names. */
export function App(): ReactElement {
  const { path } = usePlace();
  const stale = useLive((live) => live.connection.state === 'lost');
  const main = useRef<HTMLElement>(null);
  const feed = useFeed();
  useHeadingFocus(path, main);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  if (path === '/kiosk')
    return (
      <Suspense>
        <Kiosk />
      </Suspense>
    );
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <TopBar path={path} />
      <LostFeed />
      <main id="main" className="page" ref={main} data-stale={stale}>
        <Suspense key={path}>{screenAt(path)}</Suspense>
      </main>
    </>
  );
}

function screenAt(path: string): ReactElement {
  if (path === '/') return <Overview />;
  if (path === '/runs') return <Runs />;
  if (path === '/jobs') return <Jobs />;
  if (path === '/handover') return <Handover />;
  if (path === '/audit') return <Audit />;
  if (path === '/announce') return <Announce />;
  if (path === '/failed') return <Failed />;
  const group = nameIn('failed', path);
  if (group !== undefined) return <FailedGroup key={group} id={group} />;
  if (path === '/reprocess') return <Reprocess />;
  const backfill = nameIn('reprocess', path);
  if (backfill !== undefined) return <Backfill key={backfill} id={backfill} />;
  if (path === '/recipes') return <Recipes />;
  const recipe = nameIn('recipes', path);
  if (recipe !== undefined) return <Recipe key={recipe} name={recipe} />;
  const run = nameIn('runs', path);
  return run === undefined ? <Unknown path={path} /> : <Run key={run} id={run} />;
}

/** What stands behind `/runs/`, say. */
function nameIn(place: string, path: string): string | undefined {
  const [, first, name, ...rest] = path.split('/');
  try {
    return first !== place || !name || rest.length > 0 ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

function Unknown({ path }: { readonly path: string }): ReactElement {
  return (
    <>
      <title>Not found · Baton</title>
      <h1 className="title">There is no page at {path}</h1>
      <p>
        <Link to="/">Go to the overview</Link> or <Link to="/runs">look through the runs</Link>.
      </p>
    </>
  );
}

/** After a change of screen the focus goes to its heading, so that a screen reader and the Tab key begin there. */
function useHeadingFocus(path: string, main: RefObject<HTMLElement | null>): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    const heading = main.current?.querySelector('h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
  }, [path, main]);
}
