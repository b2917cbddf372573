import { useState, type ReactElement, type SubmitEvent } from 'react';
import type { BackfillField, BackfillView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { go } from '../routing/place.ts';
import { RequestFailure, send } from '../server/request.ts';
import { useMayAct } from '../session/context.ts';
import { plural } from '../words/figures.ts';
import { editsOf, ParameterEdits, type Texts } from './ParameterEdits.tsx';
import { Preview } from './Preview.tsx';
import { Field, RecipeForm, SelectionForm } from './SelectionForm.tsx';
import { usePreview } from './usePreview.ts';
import { askedOf, type Asked } from './wish.ts';

/** Which runs, with what, how fast; what that would be; and, last, the button. */
export function NewBackfill({ query }: { readonly query: URLSearchParams }): ReactElement {
  const [texts, setTexts] = useState<Texts>({});
  const [fields, setFields] = useState<readonly BackfillField[]>([]);
  const { parameters, wrong } = editsOf(texts, fields);
  const asked = askedOf(query, parameters);
  const { preview, failure, fresh, refresh } = usePreview(wrong.length > 0 ? undefined : asked);
  if (preview !== undefined && preview.fields !== fields) setFields(preview.fields);
  return (
    <Panel title="Which runs" className="reprocess-new" aside={query.size > 0 && <Link to="/reprocess">Clear</Link>}>
      <div className="reprocess-form">
        <SelectionForm query={query} />
        {asked === undefined ? (
          <Nothing>
            Say which: run numbers, a visit, a time … What fits is counted before anything starts, and live work always
            goes first.
          </Nothing>
        ) : (
          <>
            <div className="reprocess-how">
              <RecipeForm query={query} />
              <fieldset className="choices">
                <legend>How fast</legend>
                <div className="reprocess-pace">
                  <Field
                    name="rate"
                    label="Runs a minute"
                    type="number"
                    placeholder={String(preview?.pace.runsPerMinute ?? '')}
                    query={query}
                  />
                  <Field
                    name="atOnce"
                    label="At once"
                    type="number"
                    placeholder={String(preview?.pace.atOnce ?? '')}
                    query={query}
                  />
                </div>
              </fieldset>
            </div>
            {fields.length > 0 && (
              <section aria-label="Parameters">
                <h3>Parameters</h3>
                <ParameterEdits fields={fields} texts={texts} onChange={setTexts} />
              </section>
            )}
            {failure !== undefined && <Failure failure={failure} />}
            {preview !== undefined && (
              <section aria-label="What that would be" aria-busy={!fresh}>
                <Preview preview={preview} />
              </section>
            )}
            {preview !== undefined && preview.estimate.runs > 0 && (
              <Create
                asked={asked}
                digest={preview.digest}
                runs={preview.estimate.runs}
                ready={fresh && wrong.length === 0 && failure === undefined}
                onChanged={refresh}
              />
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

interface CreateProps {
  readonly asked: Asked;
  readonly digest: string;
  readonly runs: number;
  readonly ready: boolean;
  /** The runs are not those of the preview any more. */
  readonly onChanged: () => void;
}

function Create({ asked, digest, runs, ready, onChanged }: CreateProps): ReactElement {
  const mayAct = useMayAct();
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  if (!mayAct) return <p className="soft">Operators can start it.</p>;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get('reason');
    setBusy(true);
    setFailure(undefined);
    send<BackfillView>('POST', '/api/backfills', { ...asked, digest, reason })
      .then(({ id }) => go(`/reprocess/${id}`))
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
        if (error instanceof RequestFailure && error.status === 409) onChanged();
      })
      .finally(() => setBusy(false));
  };
  return (
    <form className="reprocess-create" onSubmit={submit}>
      {failure !== undefined && <Failure failure={failure} />}
      <label className="field">
        <span>Why? The back-fill and the audit will say so.</span>
        <input name="reason" maxLength={500} pattern=".*\S.*" required autoComplete="off" />
      </label>
      <button type="submit" className="button reprocess-start" disabled={busy || !ready}>
        Reprocess {plural(runs, 'run')}
      </button>
    </form>
  );
}
