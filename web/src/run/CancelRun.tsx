import { useId, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import type { RunSummary } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { RequestFailure, send } from '../server/request.ts';
import { plural } from '../words/figures.ts';

/** A button that asks why, says what that touches, and has the run cancelled. */
export function CancelRun({ run }: { readonly run: RunSummary }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get('reason');
    setBusy(true);
    setFailure(undefined);
    send('POST', `/api/runs/${encodeURIComponent(run.id)}/cancel`, { reason })
      .then(() => dialog.current?.close())
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
      })
      .finally(() => setBusy(false));
  };

  return (
    <>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        Cancel run …
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={heading}>
        <form onSubmit={submit}>
          <h2 id={heading}>Cancel this run?</h2>
          <p>
            {run.waiting === 0 ? 'Nothing of it waits now.' : `Of it waits now: ${plural(run.waiting, 'message')}.`}{' '}
            What waits is settled, what is worked on is told to stop, and whoever announced it is told.
          </p>
          <label className="field">
            <span>Why? The run and the audit will say so.</span>
            <input name="reason" maxLength={500} pattern=".*\S.*" required autoFocus autoComplete="off" />
          </label>
          {failure !== undefined && <Failure failure={failure} />}
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Let it run
            </button>
            <button type="submit" className="button button-bad" disabled={busy}>
              Cancel the run
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
