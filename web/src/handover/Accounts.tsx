import type { ReactElement } from 'react';
import type { HandoverView } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';
import { runsOf } from './shift.ts';

/** What was announced and what became of it, as equations; each number leads to what it counts. */
export function Accounts({ view }: { readonly view: HandoverView }): ReactElement {
  const { announcements, runs, failures } = view;
  const state = (name: string): string => runsOf(view, { state: name });
  return (
    <Panel title="Accounts" className="accounts">
      <Equation
        label="Announcements"
        balances={announcements.balances}
        terms={[
          { name: 'announced', value: announcements.announced },
          { name: 'accepted', value: announcements.accepted, to: runsOf(view) },
          { name: 'refused', value: announcements.refused, tone: 'warn' },
          { name: 'duplicate', value: announcements.duplicate },
        ]}
        beside={
          announcements.waiting > 0 && (
            <a href="/#queues">{plural(announcements.waiting, 'announcement')} not looked at yet</a>
          )
        }
      />
      <Equation
        label="Runs"
        balances={runs.balances}
        terms={[
          { name: 'accepted', value: announcements.accepted, to: runsOf(view) },
          { name: 'finished', value: runs.finished, to: state('finished'), tone: 'good' },
          { name: 'running', value: runs.running, to: state('running'), tone: 'active' },
          {
            name: 'failed',
            value: runs.failed,
            to: runsOf(view, { state: 'failed', addressed: 'false' }),
            tone: 'bad',
          },
          { name: 'addressed', value: runs.addressed, to: runsOf(view, { state: 'failed', addressed: 'true' }) },
          { name: 'cancelled', value: runs.cancelled, to: state('cancelled') },
        ]}
      />
      <p className="accounts-failures">
        {plural(failures.came, 'message')} failed for good, {count(failures.addressed)}{' '}
        {failures.addressed === 1 ? 'was' : 'were'} addressed; <Link to="/failed">{count(failures.open)} open now</Link>
        .
      </p>
    </Panel>
  );
}

interface TermOf {
  readonly name: string;
  readonly value: number;
  readonly to?: string;
  /** Where it is more than none. */
  readonly tone?: 'good' | 'active' | 'warn' | 'bad';
}

function Equation({
  label,
  terms,
  balances,
  beside,
}: {
  readonly label: string;
  readonly terms: readonly TermOf[];
  readonly balances: boolean;
  readonly beside?: ReactElement | false;
}): ReactElement {
  return (
    <div className="equation-row">
      <dl className="equation" aria-label={label}>
        {terms.map((term, index) => (
          <div key={term.name} className="equation-part">
            {index > 0 && <span aria-hidden="true">{index === 1 ? '=' : '+'}</span>}
            <div className={`term ${term.value > 0 && term.tone ? `tone-${term.tone}` : ''}`}>
              <dt>{term.name}</dt>
              <dd>{term.to === undefined ? count(term.value) : <Link to={term.to}>{count(term.value)}</Link>}</dd>
            </div>
          </div>
        ))}
      </dl>
      <p className={`equation-end ${balances ? 'tone-good' : 'tone-bad'}`}>
        <Mark shape={balances ? 'check' : 'cross'} />
        <span>{balances ? 'balances' : 'does not balance'}</span>
      </p>
      {beside}
    </div>
  );
}
