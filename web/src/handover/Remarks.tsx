import { useState, type ReactElement, type SubmitEvent } from 'react';
import type { HandoverView, RemarkView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { RequestFailure, send } from '../server/request.ts';
import { useMayAct } from '../session/context.ts';
import { timeIn } from './shift.ts';

/** What the shift says beside the figures; whoever leaves adds to it. It is kept, and not changed. */
export function Remarks({
  view,
  onRemark,
}: {
  readonly view: HandoverView;
  readonly onRemark: () => void;
}): ReactElement {
  const at = timeIn(view.timeZone);
  const mayAct = useMayAct();
  return (
    <Panel title="Remarks" className="remarks">
      {view.remarks.length === 0 && <Nothing>Nothing was remarked in this time.</Nothing>}
      <ul>
        {view.remarks.map(({ seq, time, who, text }) => (
          <li key={seq}>
            <p className="soft">
              {who}, {at(time)}
            </p>
            <p className="remark-text">{text}</p>
          </li>
        ))}
      </ul>
      {mayAct && view.to > view.now && <NewRemark onRemark={onRemark} />}
    </Panel>
  );
}

function NewRemark({ onRemark }: { readonly onRemark: () => void }): ReactElement {
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setFailure(undefined);
    send<RemarkView>('POST', '/api/handover/remarks', { text: new FormData(form).get('text') })
      .then(() => {
        form.reset();
        onRemark();
      })
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
      })
      .finally(() => setBusy(false));
  };
  return (
    <form className="new-remark" onSubmit={submit}>
      <label className="field">
        <span>For the next shift</span>
        <textarea name="text" maxLength={4000} rows={3} required />
      </label>
      {failure && <Failure failure={failure} />}
      <button type="submit" className="button" disabled={busy}>
        Add the remark
      </button>
    </form>
  );
}
