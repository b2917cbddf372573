import type { ReactElement } from 'react';
import type { Health, HealthState } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Mark } from '../parts/Mark.tsx';
import { Link } from '../routing/Link.tsx';
import { plural } from '../words/figures.ts';
import { healthStates, type StateWord } from '../words/states.ts';

const waiting: StateWord = { word: 'waiting', shape: 'clock', tone: 'quiet' };

/** The one sentence that answers the page's first question. */
export function Verdict(): ReactElement {
  const health = useLive((live) => live.health);
  const lost = useLive((live) => live.connection.state === 'lost');
  const state = health === undefined || lost ? waiting : healthStates[health.state];
  return (
    <div className={`verdict tone-${state.tone}`}>
      <Mark shape={state.shape} />
      <h1>
        {lost ? 'Not known: the feed is lost' : health === undefined ? 'Waiting for the monitor' : sentence(health)}
      </h1>
      <p className="soft">
        {health !== undefined && (
          <>
            <a href="#health">{checks(health)}</a> · Baton {health.version} · <Link to="/kiosk">wall screen</Link>
          </>
        )}
      </p>
    </div>
  );
}

function sentence(health: Health): string {
  const number = (state: HealthState): number => health.checks.filter((check) => check.state === state).length;
  const parts = [
    number('error') > 0 ? plural(number('error'), 'error') : '',
    number('warning') > 0 ? plural(number('warning'), 'warning') : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  return number('notice') > 0 ? `All is well, ${plural(number('notice'), 'notice')}` : 'All is well';
}

function checks(health: Health): string {
  const passed = health.checks.filter((check) => check.state === 'pass').length;
  return `${passed} of ${health.checks.length} checks passed`;
}
