import type { ReactElement } from 'react';
import type { HandoverView } from '../../../src/monitor/api.ts';
import { Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { plural } from '../words/figures.ts';
import { duration } from '../words/time.ts';
import { runsOf } from './shift.ts';

/** What the next shift should look at: numbers passed over, long waits, budgets burnt. Nothing where there is nothing. */
export function Troubles({ view }: { readonly view: HandoverView }): ReactElement | null {
  const { missing, waits, budgets } = view;
  if (missing.length + waits.length + budgets.length === 0) return null;
  return (
    <div className="handover-columns">
      {missing.length > 0 && (
        <Panel title="Missing run numbers">
          <ul className="handover-list">
            {missing.map((one) => (
              <li key={JSON.stringify([one.beamline, one.visit])}>
                <Link to={runsOf(view, conditionOf(one))}>
                  {[one.beamline, one.visit].filter((each) => each !== undefined).join(' ') || 'without a visit'}
                </Link>{' '}
                <strong>{one.numbers}</strong> <span className="soft">({plural(one.count, 'number')})</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {waits.length > 0 && (
        <Panel title="Longest waits">
          <ul className="handover-list">
            {waits.map(({ run, step, service, seconds }) => (
              <li key={`${run} ${String(step)}`}>
                <strong>{duration(seconds * 1000)}</strong> before {service}{' '}
                <RunLink run={run} words={`step ${String(step)} of`} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {budgets.length > 0 && (
        <Panel title="Budgets burnt" aside={<Link to={runsOf(view, { overBudget: 'true' })}>All of them</Link>}>
          <ul className="handover-list">
            {budgets.map(({ run, step, service, seconds, used }) => (
              <li key={`${run} ${String(step)}`}>
                <strong>{used === undefined ? 'not done' : duration(used * 1000)}</strong> of {duration(seconds * 1000)}
                : {service ?? 'a service'} <RunLink run={run} words={`step ${String(step)} of`} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function RunLink({ run, words }: { readonly run: string; readonly words: string }): ReactElement {
  return (
    <span className="soft">
      {words} <Link to={`/runs/${encodeURIComponent(run)}`}>{run.slice(0, 13)}</Link>
    </span>
  );
}

function conditionOf({ beamline, visit }: HandoverView['missing'][number]): Readonly<Record<string, string>> {
  return { ...(beamline === undefined ? {} : { beamline }), ...(visit === undefined ? {} : { visit }) };
}
