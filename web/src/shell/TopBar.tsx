import type { ReactElement } from 'react';
import { useLive } from '../live/context.ts';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import { count } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';
import { useMayAct } from '../session/context.ts';
import { PersonInBar } from '../session/PersonInBar.tsx';
import { Sign } from './Sign.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';

const places = [
  { to: '/', name: 'Overview' },
  { to: '/runs', name: 'Runs' },
  { to: '/jobs', name: 'Jobs' },
  { to: '/failed', name: 'Failed' },
  { to: '/reprocess', name: 'Reprocess' },
  { to: '/recipes', name: 'Recipes' },
  { to: '/handover', name: 'Hand-over' },
] as const;

/** What is shown to operators only. */
const audit = { to: '/audit', name: 'Audit' } as const;

const connections: Readonly<Record<'connecting' | 'live' | 'lost', StateWord>> = {
  connecting: { word: 'Connecting', shape: 'clock', tone: 'quiet' },
  live: { word: 'Live', shape: 'dot', tone: 'good' },
  lost: { word: 'Feed lost', shape: 'cross', tone: 'bad' },
};

/** The bar on each page: where one can go, and whether what one sees is live. */
export function TopBar({ path }: { readonly path: string }): ReactElement {
  const connection = useLive((live) => live.connection.state);
  const mayAct = useMayAct();
  return (
    <header className="top-bar">
      <Link to="/" className="brand">
        <Sign />
        Baton
      </Link>
      <nav aria-label="Pages">
        {[...places, ...(mayAct ? [audit] : [])].map(({ to, name }) => (
          <Link key={to} to={to} aria-current={isWithin(path, to) ? 'page' : undefined}>
            {name}
            {to === '/failed' && <ToGo />}
          </Link>
        ))}
      </nav>
      <div className="top-bar-end">
        <State state={connections[connection]} />
        <PersonInBar />
        <ThemeSwitch />
      </div>
    </header>
  );
}

/** How much failed that nobody has addressed. */
function ToGo(): ReactElement | null {
  const number = useLive((live) => live.failed?.failures ?? 0);
  return number === 0 ? null : <span className="to-go-badge">{count(number)}</span>;
}

function isWithin(path: string, place: string): boolean {
  return path === place || (place !== '/' && path.startsWith(`${place}/`));
}
