import { memo, type ReactElement } from 'react';
import type { RunSummary } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { State } from '../parts/State.tsx';
import { Moment, Took } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';
import { beingCancelled, overBudget, runStates } from '../words/states.ts';
import { runName } from './name.ts';
import './run-table.css';

interface RunTableProps {
  readonly runs: readonly RunSummary[];
  /** `short` leaves out what only matters when one searches. */
  readonly columns: 'short' | 'full';
  readonly caption: string;
  /** Where rows can be chosen. */
  readonly choosing?: Choosing | undefined;
}

/** Which rows are chosen, and how to change that. */
export interface Choosing {
  readonly chosen: ReadonlySet<string>;
  readonly toggle: (run: string) => void;
  readonly toggleAll: () => void;
}

/** Runs as rows; each leads to its run. On a phone each row becomes a small card. */
export function RunTable({ runs, columns, caption, choosing }: RunTableProps): ReactElement {
  const full = columns === 'full';
  return (
    <table className={`runs runs-${columns} ${choosing === undefined ? '' : 'runs-choosing'}`}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {choosing !== undefined && (
            <th scope="col" className="run-choose">
              <input
                type="checkbox"
                aria-label="Choose all shown"
                checked={runs.every(({ id }) => choosing.chosen.has(id))}
                onChange={choosing.toggleAll}
              />
            </th>
          )}
          <th scope="col" className="run-state">
            State
          </th>
          <th scope="col" className="run-name">
            Collection
          </th>
          {full && (
            <th scope="col" className="run-recipes">
              Recipes
            </th>
          )}
          <th scope="col" className="run-beamline">
            Beamline
          </th>
          {full && (
            <>
              <th scope="col" className="run-visit">
                Visit
              </th>
              <th scope="col" className="run-user">
                Asked by
              </th>
            </>
          )}
          <th scope="col" className="run-announced number">
            Announced
          </th>
          <th scope="col" className="run-took number">
            Took
          </th>
          <th scope="col" className="run-messages number">
            Messages
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} full={full} isChosen={choosing?.chosen.has(run.id)} onToggle={choosing?.toggle} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly run: RunSummary;
  readonly full: boolean;
  readonly isChosen: boolean | undefined;
  readonly onToggle: ((run: string) => void) | undefined;
}

const Row = memo(function Row({ run, full, isChosen = false, onToggle }: RowProps): ReactElement {
  const recipes = run.recipes.join(' + ');
  return (
    <tr className="run-row" data-chosen={isChosen}>
      {onToggle !== undefined && (
        <td className="run-choose">
          <input
            type="checkbox"
            aria-label={`Choose ${runName(run)}`}
            checked={isChosen}
            onChange={() => onToggle(run.id)}
          />
        </td>
      )}
      <td className="run-state">
        <State state={run.isCancelling === true ? beingCancelled : runStates[run.state]} />
        {full && run.inferred && (
          <span
            className="inferred"
            title="Some steps leave no records: their part is inferred from what came after them"
          >
            inferred
          </span>
        )}
      </td>
      <th scope="row" className="run-name clip">
        <Link to={`/runs/${encodeURIComponent(run.id)}`}>{runName(run)}</Link>
        <span className="run-aside"> {full ? run.event : recipes || run.event}</span>
      </th>
      {full && (
        <td className="run-recipes clip" title={recipes}>
          {recipes}
        </td>
      )}
      <td className="run-beamline clip">{run.beamline}</td>
      {full && (
        <>
          <td className="run-visit clip">{run.visit}</td>
          <td className="run-user clip">{run.user}</td>
        </>
      )}
      <td className="run-announced number">
        <Moment time={run.announced} />
      </td>
      <td className="run-took number">
        {run.overBudget > 0 && <OverBudget steps={run.overBudget} />}
        <Took from={run.announced} to={run.ended} />
      </td>
      <td className="run-messages number">
        <Messages run={run} />
      </td>
    </tr>
  );
});

/** A mark: there is no room for words, which readers hear and pointers find. */
function OverBudget({ steps }: { readonly steps: number }): ReactElement {
  return (
    <span className="run-late tone-warn" title={`${plural(steps, 'step')} did not finish within the budget`}>
      <Mark shape={overBudget.shape} />
      <span className="unseen">{overBudget.word}</span>
    </span>
  );
}

/** How many messages the run made; what waits and what failed stands before it, when there is any. */
function Messages({ run }: { readonly run: RunSummary }): ReactElement {
  return (
    <>
      {run.failed > 0 && <span className="run-failed">{count(run.failed)} failed</span>}
      {run.waiting > 0 && <span className="run-waiting">{count(run.waiting)} waiting</span>}
      <span>{count(run.sent)}</span>
    </>
  );
}
