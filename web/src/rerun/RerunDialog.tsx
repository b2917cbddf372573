import { useEffect, useId, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import type { RerunPreview, RunDetail, StartedView } from '../../../src/monitor/api.ts';
import { ParameterForm } from '../parameters/ParameterForm.tsx';
import { noEdits } from '../parameters/edit.ts';
import { Failure } from '../parts/Failure.tsx';
import { go } from '../routing/place.ts';
import { newKey } from '../server/key.ts';
import { RequestFailure, send } from '../server/request.ts';
import { usePreview } from '../server/usePreview.ts';
import { Part } from './Part.tsx';
import { Planned } from './Planned.tsx';
import { Recipes } from './Recipes.tsx';
import { usualPriority, wishOf, type Choice } from './wish.ts';
import './rerun.css';

/** What of a run is repeated, with which recipe and parameters; exactly what would start; and why. */
export default function RerunDialog({
  run,
  onClose,
}: {
  readonly run: RunDetail;
  readonly onClose: () => void;
}): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [choice, setChoice] = useState<Choice>(() => firstChoice(run));
  const [fields, setFields] = useState<RerunPreview['fields']>([]);
  // Whoever presses the button twice starts one run.
  const [key] = useState(newKey);
  const path = `/api/runs/${encodeURIComponent(run.id)}/rerun`;
  const wish = wishOf(choice, fields);
  const { answer, failure, fresh } = usePreview<RerunPreview>(`${path}/preview`, wish && { wish, announcement: false });
  const starting = useStart(path, () => dialog.current?.close());
  // The form shows what the announcement gave: the first answer knows, later ones have the edits in them.
  if (answer && fields.length === 0 && answer.fields.length > 0) setFields(answer.fields);
  useEffect(() => dialog.current?.showModal(), []);
  const change = (changed: Partial<Choice>): void => setChoice((before) => ({ ...before, ...changed }));
  const isReady = wish !== undefined && fresh && failure === undefined && answer !== undefined;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!isReady) return;
    const reason = new FormData(event.currentTarget).get('reason');
    starting.start({ wish, reason, plan: answer.plan, key });
  };

  return (
    <dialog ref={dialog} className="dialog dialog-wide" aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={heading}>Repeat this run?</h2>
        <Part run={run} choice={choice} onChange={change} />
        <Recipes recipes={answer?.recipes ?? []} choice={choice} onChange={change} />
        <details className="rerun-parameters">
          <summary>{editedWords(answer)}</summary>
          <ParameterForm fields={fields} edits={choice.edits} onEdit={(edits) => change({ edits })} />
        </details>
        <label className="rerun-lane">
          <span>Goes</span>
          <select value={choice.priority} onChange={(event) => change({ priority: Number(event.target.value) })}>
            <option value={usualPriority}>behind live work</option>
            <option value={6}>with live work</option>
          </select>
        </label>
        <section className="rerun-plan" aria-live="polite" aria-busy={!fresh}>
          {failure !== undefined && fresh ? <Failure failure={failure} /> : answer && <Planned preview={answer} />}
        </section>
        <label className="field">
          <span>Why? The audit will say so.</span>
          <input name="reason" maxLength={500} pattern=".*\S.*" required autoComplete="off" />
        </label>
        {starting.failure !== undefined && <Failure failure={starting.failure} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" className="button button-main" disabled={!isReady || starting.busy}>
            Start a new run
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What most often is wanted: of a run that failed, the part that did. */
function firstChoice({ state, failed }: RunDetail): Choice {
  const part = state === 'failed' || failed > 0 ? 'failed' : 'whole';
  return { part, step: undefined, recipe: 'stored', priority: usualPriority, edits: noEdits };
}

function editedWords(preview: RerunPreview | undefined): string {
  const changes = preview?.changes.length ?? 0;
  return changes === 0 ? 'Parameters as they were – edit' : `Parameters, ${String(changes)} changed`;
}

interface Starting {
  readonly busy: boolean;
  readonly failure?: RequestFailure;
  start(body: object): void;
}

/** Starts it once, and goes to the new run. */
function useStart(path: string, close: () => void): Starting {
  const [state, setState] = useState<Omit<Starting, 'start'>>({ busy: false });
  const start = (body: object): void => {
    setState({ busy: true });
    send<StartedView>('POST', path, body)
      .then((started) => {
        const failure = failureOf(started);
        setState({ busy: false, ...(failure ? { failure } : {}) });
        if (failure) return;
        close();
        go(`/runs/${encodeURIComponent(started.run)}`);
        window.scrollTo(0, 0);
      })
      .catch((error: unknown) => {
        const failure =
          error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
        setState({ busy: false, failure });
      });
  };
  return { ...state, start };
}

function failureOf({ status, run, reason, next }: StartedView): RequestFailure | undefined {
  if (status === 'accepted') return undefined;
  if (status !== 'waiting') return new RequestFailure(0, `${status}: ${reason ?? ''}`, next ?? '');
  return new RequestFailure(
    0,
    'No dispatcher has answered yet.',
    `It waits safely with the broker, and starts as the run ${run} when one does.`,
  );
}
