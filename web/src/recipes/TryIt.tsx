import { useState, type ReactElement, type SubmitEvent } from 'react';
import type { LiveEvent, Page, RecipeTrial, RunSummary } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { useNow } from '../live/now.ts';
import { runName } from '../runs/name.ts';
import { RequestFailure, send } from '../server/request.ts';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { moment } from '../words/time.ts';
import { Trial } from './Trial.tsx';
import { recipePath } from './words.ts';

const noEvent = (_event: LiveEvent): boolean => false;

/** Tries the text on an announcement that was recorded: nothing of the site is touched. */
export function TryIt({ name, text }: { readonly name: string; readonly text: string }): ReactElement {
  const own = new URLSearchParams({ text: name, limit: '20' });
  const { answer } = useRequest<Page<RunSummary>>(`/api/runs?${own.toString()}`, noEvent);
  const { answer: latest } = useRequest<Page<RunSummary>>('/api/runs?limit=20', noEvent);
  const [trial, setTrial] = useState<RecipeTrial>();
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  const mayAct = useMayAct();
  const itsOwn = answer?.items ?? [];
  const others = (latest?.items ?? []).filter(({ id }) => !itsOwn.some((run) => run.id === id));

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const run = new FormData(event.currentTarget).get('run');
    setBusy(true);
    setFailure(undefined);
    send<RecipeTrial>('POST', recipePath(name, '/try'), { run, text })
      .then(setTrial)
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
      })
      .finally(() => setBusy(false));
  };

  if (itsOwn.length + others.length === 0)
    return (
      <Panel title="Try it" className="recipe-try">
        <Nothing>Nothing has been announced yet: recipes are tried on announcements that were recorded.</Nothing>
      </Panel>
    );
  return (
    <Panel title="Try it" className="recipe-try" aside="on a recorded announcement; nothing of the site is touched">
      <form className="try-form" onSubmit={submit}>
        <label className="field try-run">
          <span>Announcement of the run</span>
          <select name="run">
            {itsOwn.length > 0 && <Group label={`Runs of ${name}`} runs={itsOwn} />}
            {others.length > 0 && <Group label="Other runs" runs={others} />}
          </select>
        </label>
        <button type="submit" className="button" disabled={busy || !mayAct}>
          {busy ? 'Trying …' : 'Try it'}
        </button>
        {!mayAct && <span className="soft">Trying is for the role operator.</span>}
      </form>
      {failure !== undefined && <Failure failure={failure} />}
      {trial !== undefined && <Trial name={name} trial={trial} />}
    </Panel>
  );
}

function Group({ label, runs }: { readonly label: string; readonly runs: readonly RunSummary[] }): ReactElement {
  const now = useNow();
  return (
    <optgroup label={label}>
      {runs.map((run) => (
        <option key={run.id} value={run.id}>
          {[runName(run), run.beamline, moment(run.announced, now), run.state].filter(Boolean).join(', ')}
        </option>
      ))}
    </optgroup>
  );
}
