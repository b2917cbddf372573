import { useState, type ReactElement, type ReactNode } from 'react';
import type { RunDetail, RunSummary } from '../../../src/monitor/api.ts';
import { Facts } from '../parts/Facts.tsx';
import { State } from '../parts/State.tsx';
import { Moment, Took } from '../parts/Time.tsx';
import { RerunRun } from '../rerun/RerunRun.tsx';
import { Link } from '../routing/Link.tsx';
import { withFilter } from '../runs/filter.ts';
import { runName } from '../runs/name.ts';
import { useMayAct } from '../session/context.ts';
import { count } from '../words/figures.ts';
import { beingCancelled, overBudget, runStates } from '../words/states.ts';
import { CancelRun } from './CancelRun.tsx';

/** Which run this is and how it stands. Whatever other runs share leads to them. `detail` is there once it was asked for. */
export function Summary({
  run,
  detail,
}: {
  readonly run: RunSummary;
  readonly detail: RunDetail | undefined;
}): ReactElement {
  const mayAct = useMayAct();
  const ending = run.state === 'running' && (run.isCancelling === true || detail?.cancellation !== undefined);
  return (
    <header className="summary">
      <div className="summary-title">
        <h1>{runName(run)}</h1>
        <State state={ending ? beingCancelled : runStates[run.state]} />
        {run.overBudget > 0 && <State state={overBudget} />}
        {run.inferred && <span className="inferred">inferred</span>}
        {run.state === 'running' && !ending && mayAct && <CancelRun run={run} />}
        {detail !== undefined && mayAct && <RerunRun run={detail} />}
      </div>
      <Facts facts={factsOf(run, detail)} />
    </header>
  );
}

function factsOf(run: RunSummary, detail: RunDetail | undefined): readonly (readonly [string, ReactNode])[] {
  const { recipeHash, sourceHash, traceparent, cancellation, reruns = [] } = detail ?? {};
  const hash = sourceHash ?? recipeHash;
  return [
    ['Beamline', among('beamline', run.beamline)],
    ['Visit', among('visit', run.visit)],
    ['Event', run.event],
    ['Asked by', run.user],
    ['Announced', <Moment key="announced" time={run.announced} />],
    [run.ended === undefined ? 'Running for' : 'Took', <Took key="took" from={run.announced} to={run.ended} />],
    ['Cancelled', cancellation && <Cancelled key="cancelled" cancellation={cancellation} />],
    ['Messages', <Messages key="messages" run={run} />],
    ['Recipe version', hash === undefined ? undefined : <code title={hash}>{hash.slice(0, 10)}</code>],
    ['Repeats', run.rerunOf && <Runs key="repeats" ids={[run.rerunOf]} />],
    ['Repeated by', reruns.length > 0 && <Runs key="repeated" ids={reruns} />],
    ['Trace', traceparent !== undefined && <Copied key="trace" text={traceparent.slice(3, 35)} />],
    ['Run', <Copied key="run" text={run.id} />],
  ].filter((fact): fact is [string, ReactNode] => fact[1] !== undefined && fact[1] !== false);
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

/** Other runs, each by the beginning of its id. */
function Runs({ ids }: { readonly ids: readonly string[] }): ReactElement {
  return (
    <>
      {ids.map((id) => (
        <Link key={id} to={`/runs/${encodeURIComponent(id)}`} className="run-link">
          <code title={id}>{id.slice(0, 8)}</code>
        </Link>
      ))}
    </>
  );
}

function Messages({ run }: { readonly run: RunSummary }): ReactElement {
  return (
    <>
      {count(run.sent)} sent
      {run.waiting > 0 && <span className="run-count tone-active">{count(run.waiting)} waiting</span>}
      {run.failed > 0 && (
        <span className="run-count tone-bad">
          {run.state === 'failed' ? (
            <Link to={`/failed?run=${encodeURIComponent(run.id)}`}>{count(run.failed)} failed: what to do</Link>
          ) : (
            `${count(run.failed)} failed`
          )}
        </span>
      )}
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
