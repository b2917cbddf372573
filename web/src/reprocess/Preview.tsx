import { useState, type ReactElement } from 'react';
import type { BackfillPreview, RecipeView, RunRecipe, SourceRun } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Difference } from '../recipes/Difference.tsx';
import { recipeAddress, recipePath } from '../recipes/words.ts';
import { Link } from '../routing/Link.tsx';
import { useRequest } from '../server/useRequest.ts';
import { count, plural } from '../words/figures.ts';
import { duration } from '../words/time.ts';

/** Which runs it would be, how much that is, and what was left out. */
export function Preview({ preview }: { readonly preview: BackfillPreview }): ReactElement {
  const { estimate, runs, leftOut, gaps, changedRecipes = [] } = preview;
  return (
    <div className="reprocess-preview">
      <Estimate preview={preview} />
      {gaps !== undefined && (
        <p className="tone-warn reprocess-gaps">
          <strong>Missing:</strong> there is no run with the number <code>{gaps}</code>. What was never announced has to
          be announced by hand.
        </p>
      )}
      {leftOut.map(({ reason, runs: number, such }) => (
        <p key={reason} className="soft">
          {plural(number, 'run')} left out: {reason}{' '}
          {such.map((run) => (
            <Link key={run} to={`/runs/${encodeURIComponent(run)}`} className="run-link">
              {run.slice(0, 13)}
            </Link>
          ))}
        </p>
      ))}
      {changedRecipes.map((changed) => (
        <Changed key={changed.name} {...changed} />
      ))}
      {runs.length === 0 ? (
        <Nothing>No run that can be repeated fits.</Nothing>
      ) : (
        <details>
          <summary>
            The runs{estimate.runs > runs.length ? `: the first ${count(runs.length)} of ${count(estimate.runs)}` : ''}
          </summary>
          <Runs runs={runs} />
        </details>
      )}
    </div>
  );
}

function Estimate({ preview: { estimate, pace } }: { readonly preview: BackfillPreview }): ReactElement {
  const { runs, steps, messages, seconds, secondsEach } = estimate;
  return (
    <p className="reprocess-estimate" aria-live="polite">
      <strong>{plural(runs, 'run')}</strong>
      <span>
        {plural(steps, 'step')}, {plural(messages, 'message')}
      </span>
      <span>
        {secondsEach === undefined ? 'how long one takes is not known yet' : `${duration(secondsEach * 1000)} each`}
      </span>
      <span>
        <strong>{duration(seconds * 1000)}</strong> in all at {count(pace.runsPerMinute)} a minute and{' '}
        {count(pace.atOnce)} at once, while nothing holds them
      </span>
    </p>
  );
}

function Runs({ runs }: { readonly runs: readonly SourceRun[] }): ReactElement {
  return (
    <div className="scroll">
      <table className="grid">
        <caption className="unseen">Runs that would be repeated</caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Announced</th>
            <th scope="col">Visit</th>
            <th scope="col">Recipes</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ run, number, collection, state, announced, beamline, visit, recipes }) => (
            <tr key={run}>
              <td>{number}</td>
              <td>
                {state === 'refused' ? (
                  run.slice(0, 13)
                ) : (
                  <Link to={`/runs/${encodeURIComponent(run)}`}>{collection ?? run.slice(0, 13)}</Link>
                )}
              </td>
              <td>{state}</td>
              <td>
                <Moment time={announced} />
              </td>
              <td>{[visit, beamline].filter((part) => part !== undefined).join(', ')}</td>
              <td>{recipes.join(' + ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChangedProps {
  readonly name: string;
  readonly runs: number;
  readonly example: string;
}

/** A recipe that is another today than it was for these runs; the difference is asked for when it is opened. */
function Changed({ name, runs, example }: ChangedProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {name} has changed since {runs === 1 ? 'one of them' : `${count(runs)} of them`} ran: the difference
      </summary>
      {isOpen && <Compared name={name} example={example} />}
    </details>
  );
}

const noEvent = (): boolean => false;

function Compared({ name, example }: Omit<ChangedProps, 'runs'>): ReactElement | null {
  const stored = useRequest<RunRecipe>(`/api/runs/${encodeURIComponent(example)}/recipe`, noEvent);
  const current = useRequest<RecipeView>(recipePath(name), noEvent);
  const failure = stored.failure ?? current.failure;
  if (failure !== undefined) return <Failure failure={failure} />;
  if (stored.answer === undefined || current.answer === undefined) return null;
  const before = stored.answer.sources?.find((source) => source.name === name)?.text;
  return (
    <>
      {before === undefined ? (
        <p className="soft">The text of then is not kept.</p>
      ) : (
        <Difference before={before} after={current.answer.text} label={`How ${name} has changed`} />
      )}
      <p>
        <Link to={recipeAddress(name)}>Its history</Link>
      </p>
    </>
  );
}
