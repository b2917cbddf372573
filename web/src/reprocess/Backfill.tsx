import { useCallback, useState, type ReactElement } from 'react';
import type { BackfillRun, BackfillView, LiveEvent, Page } from '../../../src/monitor/api.ts';
import { ReasonDialog } from '../failed/ReasonDialog.tsx';
import { useNow } from '../live/now.ts';
import { Facts } from '../parts/Facts.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf, usePlace } from '../routing/place.ts';
import { send } from '../server/request.ts';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { count, plural } from '../words/figures.ts';
import { duration } from '../words/time.ts';
import { Progress } from './Progress.tsx';
import { holdWords, itemStates, releaseWords, selectionWords, stateOf } from './words.ts';
import './reprocess.css';

/** One back-fill: where it stands, why it waits, what became of each run, and what can be done with it. */
export default function Backfill({ id }: { readonly id: string }): ReactElement {
  const concerns = useCallback((event: LiveEvent) => event.type === 'backfill' && event.backfill.id === id, [id]);
  const {
    answer: backfill,
    failure,
    refresh,
  } = useRequest<BackfillView>(`/api/backfills/${encodeURIComponent(id)}`, concerns);
  const now = useNow();
  const { query } = usePlace();
  const chosen = query.get('state') ?? '';
  const title = backfill === undefined ? id : selectionWords(backfill.selection, now);
  return (
    <>
      <title>{`${title} · Reprocess · Baton`}</title>
      <p className="crumb">
        <Link to="/reprocess">Reprocess</Link>
      </p>
      <header className="summary">
        <div className="summary-title">
          <h1>{title}</h1>
          {backfill !== undefined && <State state={stateOf(backfill)} />}
          {backfill !== undefined && <Actions backfill={backfill} onDone={refresh} />}
        </div>
        {backfill !== undefined && <About backfill={backfill} />}
      </header>
      {failure !== undefined && <Failure failure={failure} />}
      {backfill !== undefined && (
        <div className="reprocess">
          {backfill.held !== undefined && (
            <p className="reprocess-held tone-warn" role="status">
              <Mark shape="clock" />
              <span>
                <strong>Held: {holdWords(backfill.held, now)}.</strong> {releaseWords(backfill.held, now)}
              </span>
            </p>
          )}
          <Panel title="Progress" aside={leftWords(backfill)}>
            <div className="reprocess-form">
              <Progress backfill={backfill} chosen={chosen} />
            </div>
          </Panel>
          <Runs id={id} query={query} concerns={concerns} />
        </div>
      )}
    </>
  );
}

function leftWords({ secondsLeft, ended }: BackfillView): string | undefined {
  if (ended !== undefined || secondsLeft === undefined) return undefined;
  return `${duration(secondsLeft * 1000)} to go, while nothing holds it`;
}

function About({ backfill }: { readonly backfill: BackfillView }): ReactElement {
  const { creator, created, reason, recipe, parameters, pace, changed, ended } = backfill;
  const edited = Object.entries(parameters);
  const recipes = {
    stored: 'as each run had it',
    current: 'as it is now',
    named: recipe.use === 'named' ? recipe.name : '',
  };
  return (
    <Facts
      facts={[
        ['Why', reason],
        ['Created', <Stamped key="created" time={created} by={creator} />],
        ['Recipe', recipes[recipe.use]],
        [
          'Parameters',
          edited.length === 0
            ? 'as they were'
            : edited.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', '),
        ],
        ['Pace', `${count(pace.runsPerMinute)} a minute, ${count(pace.atOnce)} at once`],
        ...(changed === undefined
          ? []
          : [
              [
                'Last word',
                <Stamped key="changed" time={changed.time} by={`${changed.by}: ${changed.why}`} />,
              ] as const,
            ]),
        ...(ended === undefined ? [] : [['Ended', <Moment key="ended" time={ended} />] as const]),
      ]}
    />
  );
}

function Stamped({ time, by }: { readonly time: number; readonly by: string }): ReactElement {
  return (
    <>
      <Moment time={time} /> by {by}
    </>
  );
}

function Actions({
  backfill,
  onDone,
}: {
  readonly backfill: BackfillView;
  readonly onDone: () => void;
}): ReactElement | null {
  const mayAct = useMayAct();
  const { id, state, ended, counts } = backfill;
  const underWay = counts.announcing + counts.announced + counts.running;
  const asks = 'Why? The back-fill and the audit will say so.';
  if (!mayAct || ended !== undefined) return null;
  const act = async (what: string, form: FormData, more: object = {}): Promise<void> => {
    await send('POST', `/api/backfills/${id}/${what}`, { reason: form.get('reason'), ...more });
    onDone();
  };
  return (
    <div className="reprocess-actions">
      {state === 'running' && (
        <ReasonDialog
          button="Pause …"
          title="Pause this back-fill?"
          act="Pause it"
          leave="Let it run"
          asks={asks}
          submit={(form) => act('pause', form)}
        >
          <p>
            {plural(counts.waiting, 'run')} not started yet will wait until it is resumed. {plural(underWay, 'run')}{' '}
            under way will go on.
          </p>
        </ReasonDialog>
      )}
      {state === 'paused' && (
        <ReasonDialog
          button="Resume …"
          title="Resume this back-fill?"
          act="Resume it"
          asks={asks}
          submit={(form) => act('resume', form)}
        >
          <p>{plural(counts.waiting, 'run')} will be started, behind live work.</p>
        </ReasonDialog>
      )}
      <Cancel backfill={backfill} underWay={underWay} asks={asks} act={act} />
    </div>
  );
}

interface CancelProps {
  readonly backfill: BackfillView;
  readonly underWay: number;
  readonly asks: string;
  readonly act: (what: string, form: FormData, more: object) => Promise<void>;
}

function Cancel({ backfill: { state, counts }, underWay, asks, act }: CancelProps): ReactElement {
  const isOver = state === 'cancelled';
  const [isAll, setAll] = useState(isOver);
  return (
    <ReasonDialog
      button={isOver ? 'Cancel what is under way …' : 'Cancel …'}
      title="Cancel this back-fill?"
      act="Cancel it"
      leave="Let it be"
      isHarmful
      asks={asks}
      submit={(form) => act('cancel', form, { running: isAll || isOver })}
    >
      {!isOver && <p>{plural(counts.waiting, 'run')} not started yet will never start.</p>}
      {isOver ? (
        <p>{plural(underWay, 'run')} under way will be cancelled.</p>
      ) : (
        <label className="reprocess-check">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />
          <span>Cancel the {plural(underWay, 'run')} under way as well</span>
        </label>
      )}
    </ReasonDialog>
  );
}

interface RunsProps {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly concerns: (event: LiveEvent) => boolean;
}

function Runs({ id, query, concerns }: RunsProps): ReactElement {
  const state = query.get('state') ?? '';
  const cursor = query.get('cursor') ?? '';
  const asked = new URLSearchParams({ limit: '100', ...(state && { state }), ...(cursor && { cursor }) });
  const { answer, failure } = useRequest<Page<BackfillRun>>(
    `/api/backfills/${encodeURIComponent(id)}/runs?${asked.toString()}`,
    concerns,
  );
  const at = (next: string): string => addressOf(`/reprocess/${id}`, new URLSearchParams({ state, cursor: next }));
  return (
    <Panel
      title={state === '' ? 'Runs' : `Runs: ${itemStates[state as BackfillRun['state']].word}`}
      aside={state !== '' && <Link to={`/reprocess/${id}`}>Show all</Link>}
    >
      {failure !== undefined && <Failure failure={failure} />}
      {answer?.items.length === 0 && <Nothing>No run is in this state.</Nothing>}
      {answer !== undefined && answer.items.length > 0 && <Table runs={answer.items} />}
      {(cursor !== '' || answer?.next !== undefined) && (
        <nav className="paging" aria-label="Pages of the list">
          {cursor !== '' && <Link to={at('')}>First</Link>}
          {answer?.next !== undefined && (
            <Link className="button" to={at(answer.next)}>
              More
            </Link>
          )}
        </nav>
      )}
    </Panel>
  );
}

function Table({ runs }: { readonly runs: readonly BackfillRun[] }): ReactElement {
  return (
    <div className="scroll">
      <table className="grid reprocess-runs">
        <caption className="unseen">Runs of the back-fill, in the order in which they start</caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">State</th>
            <th scope="col">Repeats</th>
            <th scope="col">As</th>
            <th scope="col">Announced</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {runs.map(({ n, number, collection, state, source, run, announced, reason }) => (
            <tr key={n}>
              <td>{number ?? `#${n}`}</td>
              <td>
                <State state={itemStates[state]} />
              </td>
              <td>
                <Link to={`/runs/${encodeURIComponent(source)}`}>{collection ?? source.slice(0, 13)}</Link>
              </td>
              <td>
                {['running', 'finished', 'failed', 'cancelled'].includes(state) && (
                  <Link to={`/runs/${encodeURIComponent(run)}`}>{run}</Link>
                )}
              </td>
              <td>{announced !== undefined && <Moment time={announced} />}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
