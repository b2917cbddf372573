import type { ReactElement } from 'react';
import type { HealthCheck, HealthState } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Age } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { healthStates } from '../words/states.ts';
import './health.css';

const urgency: Readonly<Record<HealthState, number>> = { error: 0, warning: 1, notice: 2, pass: 3 };

/** What is checked, the worst first: its state, since when, and what to do. */
export function HealthList(): ReactElement {
  const checks = useLive((live) => live.health)?.checks ?? [];
  const sorted = checks.toSorted((a, b) => urgency[a.state] - urgency[b.state] || a.check.localeCompare(b.check));
  return (
    <Panel title="Health" id="health">
      {sorted.length === 0 && <Nothing>No check has reported yet.</Nothing>}
      <ul className="checks">
        {sorted.map((check) => (
          <Check key={check.check} check={check} />
        ))}
      </ul>
    </Panel>
  );
}

/** What was found leads to where it stands. */
function Message({ check: { message, see } }: { readonly check: HealthCheck }): ReactElement {
  if (see === undefined) return <span className="soft">{message}</span>;
  // To a part of this page the browser goes by itself, and marks it.
  return see.startsWith('/#') ? <a href={see.slice(1)}>{message}</a> : <Link to={see}>{message}</Link>;
}

function Check({ check }: { readonly check: HealthCheck }): ReactElement {
  const state = healthStates[check.state];
  return (
    <li className={`check tone-${state.tone}`} data-state={check.state}>
      <State state={state} />
      <div className="check-words">
        <p>
          <strong>{check.check}</strong> <Message check={check} />
        </p>
        {check.advice !== undefined && <p className="advice">{check.advice}</p>}
      </div>
      <span className="check-since soft">
        <span className="unseen">since </span>
        <Age time={check.since} />
      </span>
    </li>
  );
}
