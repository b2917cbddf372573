import { useEffect, useId, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import type { BulkAction, BulkPreview, BulkResult, BulkSelection, RerunWish } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { newKey } from '../server/key.ts';
import { RequestFailure, sendForLines } from '../server/request.ts';
import { usePreview } from '../server/usePreview.ts';
import { plural } from '../words/figures.ts';
import { BulkRuns } from './BulkRuns.tsx';
import { SetParameters, type SetLine } from './SetParameters.tsx';
import { setOf } from './setLines.ts';
import '../rerun/rerun.css';
import './bulk.css';

interface BulkDialogProps {
  readonly what: BulkAction['what'];
  readonly selection: BulkSelection;
  readonly onClose: () => void;
}

/** What several runs have in common that is to be done with them: each is listed before, and told of after. */
export default function BulkDialog({ what, selection, onClose }: BulkDialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [wish, setWish] = useState<RerunWish>({ part: 'failed', recipe: 'stored' });
  const [lines, setLines] = useState<readonly SetLine[]>([]);
  const set = setOf(lines);
  const action: BulkAction =
    what === 'cancel' ? { what } : { what, wish: { ...wish, ...(Object.keys(set).length === 0 ? {} : { set }) } };
  const work = useWork();
  const isBegun = work.asked > 0;
  const question = isBegun ? undefined : { action, selection };
  const { answer, failure, fresh } = usePreview<BulkPreview>('/api/bulk/preview', question);
  const isReady = answer !== undefined && fresh && failure === undefined && answer.possible > 0;
  useEffect(() => dialog.current?.showModal(), []);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!isReady || isBegun) return;
    const reason = new FormData(event.currentTarget).get('reason');
    const runs = answer.items.flatMap(({ run, plan, possible }) => (possible ? [{ run, plan }] : []));
    work.start({ action, runs, reason });
  };

  return (
    <dialog ref={dialog} className="dialog dialog-wide" aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={heading}>{what === 'cancel' ? 'Cancel these runs?' : 'Repeat these runs?'}</h2>
        {what === 'rerun' && !isBegun && (
          <>
            <Wish wish={wish} onChange={setWish} />
            <SetParameters lines={lines} onChange={setLines} />
            {wish.part === 'failed' && Object.keys(set).length > 0 && (
              <p className="soft">
                What the messages carry stays as it was: the recipe hands the new values to its steps.
              </p>
            )}
          </>
        )}
        <section aria-live="polite" aria-busy={!fresh && !isBegun}>
          {failure !== undefined && fresh ? (
            <Failure failure={failure} />
          ) : (
            answer && (
              <>
                <p className="bulk-count">{isBegun ? progress(work) : counted(what, answer)}</p>
                {isBegun && <progress value={work.results.length} max={work.asked} aria-label="Runs that are done" />}
                <BulkRuns preview={answer} results={work.results} isBegun={isBegun} />
              </>
            )
          )}
        </section>
        {!isBegun && (
          <label className="field">
            <span>Why? The audit of each run will say so.</span>
            <input name="reason" maxLength={500} pattern=".*\S.*" required autoComplete="off" />
          </label>
        )}
        {work.failure !== undefined && <Failure failure={work.failure} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {isBegun ? 'Close' : 'Leave them'}
          </button>
          {!isBegun && (
            <button
              type="submit"
              className={`button ${what === 'cancel' ? 'button-bad' : 'button-main'}`}
              disabled={!isReady}
            >
              {what === 'cancel' ? 'Cancel' : 'Repeat'} {plural(answer?.possible ?? 0, 'run')}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function counted(what: BulkAction['what'], { items, possible, isCut, most }: BulkPreview): string {
  const cut = isCut ? ` There are more: the newest ${String(most)} are listed.` : '';
  const doing = what === 'cancel' ? 'be cancelled' : 'be repeated';
  return `${plural(possible, 'run')} of ${String(items.length)} would ${doing}.${cut}`;
}

function progress({ results, asked, isOver }: Work): string {
  const done = results.filter(({ isDone }) => isDone).length;
  const refused = results.length - done;
  const told = `${String(done)} of ${String(asked)} done${refused > 0 ? `, ${String(refused)} not` : ''}`;
  return isOver ? `${told}.` : `${told} …`;
}

function Wish({
  wish,
  onChange,
}: {
  readonly wish: RerunWish;
  readonly onChange: (wish: RerunWish) => void;
}): ReactElement {
  return (
    <div className="bulk-wish">
      <label>
        <span>What</span>
        <select
          value={wish.part}
          onChange={(event) => onChange({ ...wish, part: event.target.value as RerunWish['part'] })}
        >
          <option value="failed">only what failed</option>
          <option value="whole">whole runs</option>
        </select>
      </label>
      <label>
        <span>Recipe</span>
        <select
          value={wish.recipe}
          onChange={(event) => onChange({ ...wish, recipe: event.target.value as RerunWish['recipe'] })}
        >
          <option value="stored">as each run had it</option>
          <option value="current">as it is now</option>
        </select>
      </label>
    </div>
  );
}

interface Work {
  readonly asked: number;
  readonly results: readonly BulkResult[];
  readonly isOver: boolean;
  readonly failure?: RequestFailure;
  start(body: { readonly action: BulkAction; readonly runs: readonly object[]; readonly reason: unknown }): void;
}

/** Has it done once, and hears of each run as it is. */
function useWork(): Work {
  const [key] = useState(newKey);
  const [state, setState] = useState<Omit<Work, 'start'>>({ asked: 0, results: [], isOver: false });
  const start: Work['start'] = (body) => {
    setState({ asked: body.runs.length, results: [], isOver: false });
    const take = (result: BulkResult): void =>
      setState((before) => ({ ...before, results: [...before.results, result] }));
    sendForLines('/api/bulk', { ...body, key }, take)
      .then(() => setState((before) => ({ ...before, isOver: true, ...missing(before) })))
      .catch((error: unknown) => {
        const failure =
          error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
        setState((before) => ({ ...before, isOver: true, failure }));
      });
  };
  return { ...state, start };
}

function missing({ asked, results }: Pick<Work, 'asked' | 'results'>): { readonly failure?: RequestFailure } {
  if (results.length >= asked) return {};
  const failure = new RequestFailure(
    0,
    'Of some runs nothing was heard.',
    'Look at the list of runs, and do it again for those that are left.',
  );
  return { failure };
}
