import type { ReactElement, ReactNode } from 'react';
import type { HandoverView, ServiceHappening } from '../../../src/monitor/api.ts';
import { Deed } from '../audit/Deed.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import { healthStates, type StateWord } from '../words/states.ts';
import { timeIn } from './shift.ts';

/** What changed in this time: health, services, recipes, back-fills, and what people did. */
export function Changes({ view }: { readonly view: HandoverView }): ReactElement {
  const at = timeIn(view.timeZone);
  const { health, services, recipes, backfills, audit = [] } = view;
  if (health.length + services.length + recipes.length + backfills.length + audit.length === 0)
    return (
      <Panel title="What changed">
        <Nothing>Nothing changed in this time that was noted.</Nothing>
      </Panel>
    );
  return (
    <div className="handover-columns">
      <List title="Health" see="/#health">
        {health.map(({ time, check, before, state, message }) => (
          <Line key={`${String(time)} ${check}`} at={at(time)}>
            <strong>{check}</strong> {before} → <State state={healthStates[state]} />{' '}
            <span className="soft">{message}</span>
          </Line>
        ))}
      </List>
      <List title="Services" see="/#services">
        {services.map(({ time, service, what, version, before }) => (
          <Line key={`${String(time)} ${service} ${what}`} at={at(time)}>
            {service} <State state={happenings[what]} />{' '}
            {version !== undefined && (
              <span className={before === undefined ? 'soft' : ''}>
                {before === undefined ? `version ${version}` : `version ${before} → ${version}`}
              </span>
            )}
          </Line>
        ))}
      </List>
      <List title="New versions of recipes" see="/recipes">
        {recipes.map(({ time, name, hash, before, run }) => (
          <Line key={`${name} ${hash}`} at={at(time)}>
            <Link to={`/recipes/${encodeURIComponent(name)}`}>{name}</Link>{' '}
            <code>{before === undefined ? '' : `${before.slice(0, 8)} → `}</code>
            <code>{hash.slice(0, 8)}</code> <span className="soft">first in</span>{' '}
            <Link to={`/runs/${encodeURIComponent(run)}`}>{run.slice(0, 13)}</Link>
          </Line>
        ))}
      </List>
      <List title="Back-fills" see="/reprocess">
        {backfills.map(({ id, created, state, creator, reason }) => (
          <Line key={id} at={at(created)}>
            {creator}: {reason} <span className="soft">({state})</span>
          </Line>
        ))}
      </List>
      <List title="Done by operators" see="/audit">
        {audit.map((entry) => (
          <Line key={entry.seq} at={at(entry.time)}>
            <Deed entry={entry} />
          </Line>
        ))}
      </List>
    </div>
  );
}

const happenings: Readonly<Record<ServiceHappening['what'], StateWord>> = {
  started: { word: 'started', shape: 'check', tone: 'good' },
  back: { word: 'came back', shape: 'check', tone: 'good' },
  lost: { word: 'lost', shape: 'cross', tone: 'bad' },
  ended: { word: 'ended', shape: 'slash', tone: 'quiet' },
};

function List({
  title,
  see,
  children,
}: {
  readonly title: string;
  readonly see: string;
  readonly children: readonly ReactElement[];
}): ReactElement | null {
  if (children.length === 0) return null;
  return (
    <Panel title={title} aside={see.startsWith('/#') ? <a href={see}>Now</a> : <Link to={see}>All</Link>}>
      <ul className="handover-list">{children}</ul>
    </Panel>
  );
}

function Line({ at, children }: { readonly at: string; readonly children: ReactNode }): ReactElement {
  return (
    <li className="handover-line">
      <span className="soft handover-at">{at}</span>
      <span>{children}</span>
    </li>
  );
}
