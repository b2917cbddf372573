import { useCallback, type ReactElement, type ReactNode } from 'react';
import type { FailureGroup, FailureGroupView, LiveEvent } from '../../../src/monitor/api.ts';
import { Facts } from '../parts/Facts.tsx';
import { Failure } from '../parts/Failure.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { count, plural } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';
import { Actions } from './Actions.tsx';
import { Deeds } from './Deeds.tsx';
import { FailureList } from './FailureList.tsx';
import { withFailedFilter } from './filter.ts';
import { failuresOf, headingOf, lettersOf, placeOf } from './words.ts';
import './failed.css';

/** One group: why it failed, what failed, and what can be done about it. */
export default function Group({ id }: { readonly id: string }): ReactElement {
  const { query } = usePlace();
  const asked = new URLSearchParams({ limit: '50' });
  for (const name of ['state', 'cursor']) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  // What becomes of a canary changes its run, and nothing else.
  const concerns = useCallback((event: LiveEvent) => event.type === 'failed' || event.type === 'run', []);
  const { answer, failure } = useRequest<FailureGroupView>(
    `/api/failed/${encodeURIComponent(id)}?${asked.toString()}`,
    concerns,
  );
  const mayAct = useMayAct();
  return (
    <>
      <title>
        {answer === undefined ? 'Failed · Baton' : `${count(answer.group.open)} × ${answer.group.code} · Baton`}
      </title>
      <p className="crumb">
        <Link to="/failed">Failed</Link>
      </p>
      {answer === undefined && failure === undefined && <h1 className="title">Failed</h1>}
      {failure !== undefined && <Failure failure={failure} />}
      {answer !== undefined && (
        <>
          <Why group={answer.group} />
          <div className="failed-parts">
            {mayAct && <Actions view={answer} />}
            <Deeds view={answer} mayAct={mayAct} />
            <FailureList view={answer} query={query} mayAct={mayAct} />
          </div>
        </>
      )}
    </>
  );
}

const open = (number: number): StateWord => ({ word: `${count(number)} open`, shape: 'cross', tone: 'bad' });
const allAddressed: StateWord = { word: 'nothing open', shape: 'check', tone: 'good' };

function Why({ group }: { readonly group: FailureGroup }): ReactElement {
  return (
    <header className="summary">
      <div className="summary-title">
        <h1>{headingOf(group)}</h1>
        <State state={group.open > 0 ? open(group.open) : allAddressed} />
      </div>
      <pre className="group-first">
        <code>{group.code}</code> {group.message}
      </pre>
      <Facts facts={factsOf(group)} />
    </header>
  );
}

function factsOf(group: FailureGroup): readonly (readonly [string, ReactNode])[] {
  const { recipes, version, hosts, service, oldest, newest, open: number, runs, addressed, code } = group;
  const among = (name: 'service' | 'code' | 'recipe', value: string): ReactNode => (
    <Link key={name} to={withFailedFilter(new URLSearchParams(), name, value)}>
      {value}
    </Link>
  );
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Where', service === undefined ? placeOf(group) : among('service', service)],
    ['Step', group.step],
    ['Cause', among('code', code)],
    ['Recipe', recipes.length === 0 ? undefined : recipes.map((name) => among('recipe', name))],
    ['Version', version === undefined ? undefined : <code title={version}>{version.slice(0, 10)}</code>],
    ['Hosts', hosts.length === 0 ? undefined : hosts.join(', ')],
    ['Open', number === 0 ? undefined : failuresOf(plural(number, 'message'), group, runs)],
    ['Letters', number === 0 ? undefined : lettersOf(group)],
    ['Addressed', addressed === 0 ? undefined : plural(addressed, 'message')],
    ['First', oldest === undefined ? undefined : <Moment key="first" time={oldest} />],
    ['Latest', <Moment key="latest" time={newest} />],
  ];
  return facts.filter(([, value]) => value !== undefined);
}
