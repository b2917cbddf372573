import { useState, type ReactElement, type ReactNode } from 'react';
import type { RunDetail, RunSummary } from '../../../src/monitor/api.ts';
import { Facts } from '../parts/Facts.tsx';
import { State } from '../parts/State.tsx';
import { Moment, Took } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { withFilter } from '../runs/filter.ts';
import { runName } from '../runs/name.ts';
import { count } from '../words/figures.ts';
import { beingCancelled, runStates } from '../words/states.ts';

/** Which run this is and how it stands. Whatever other runs share leads to them. `detail` is there once it was asked for. */
export function Summary({
  run,
  detail,
}: {
  readonly run: RunSummary;
  readonly detail: RunDetail | undefined;
}): ReactElement {
  const ending = run.state === 'running' && detail?.cancellation !== undefined;
  return (
    <header className="summary">
      <div className="summary-title">
        <h1>{runName(run)}</h1>
        <State state={ending ? beingCancelled : runStates[run.state]} />
        {run.inferred && <span className="inferred">inferred</span>}
      </div>
      <Facts facts={factsOf(run, detail)} />
    </header>
  );
}

function factsOf(run: RunSummary, detail: RunDetail | undefined): readonly (readonly [string, ReactNode])[] {
  const { recipeHash: hash, cancellation } = detail ?? {};
  return [
    ['Beamline', among('beamline', run.beamline)],
    ['Visit', among('visit', run.visit)],
    ['Event', run.event],
    ['Asked by', run.user],
    ['Announced', <Moment key="announced" time={run.announced} />],
    ['Took', <Took key="took" from={run.announced} to={run.ended} />],
    ['Cancelled', cancellation && <Cancelled key="cancelled" cancellation={cancellation} />],
    ['Messages', <Messages key="messages" run={run} />],
    ['Recipe version', hash === undefined ? undefined : <code title={hash}>{hash.slice(0, 10)}</code>],
    ['Run', <Copied key="run" text={run.id} />],
  ].filter((fact): fact is [string, ReactNode] => fact[1] !== undefined);
}

function among(name: 'beamline' | 'visit', value: string | undefined): ReactNode {
  return value === undefined ? undefined : <Link to={withFilter(new URLSearchParams(), name, value)}>{value}</Link>;
}

function Cancelled({
  cancellation: { time, user, reason },
}: {
  readonly cancellation: NonNullable<RunDetail['cancellation']>;
}): ReactElement {
  return (
    <>
      <Moment time={time} />
      {user !== undefined && ` by ${user}`}
      {reason !== undefined && `: ${reason}`}
    </>
  );
}

function Messages({ run }: { readonly run: RunSummary }): ReactElement {
  return (
    <>
      {count(run.sent)} sent
      {run.waiting > 0 && <span className="run-count tone-active">{count(run.waiting)} waiting</span>}
      {run.failed > 0 && <span className="run-count tone-bad">{count(run.failed)} failed</span>}
    </>
  );
}

/** An id with a button that copies it; where the browser forbids that, the text can still be selected. */
function Copied({ text }: { readonly text: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span className="copied">
      <code className="clip" title={text}>
        {text}
      </code>
      <button type="button" className="link" onClick={copy} aria-label={`Copy the id ${text}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}
