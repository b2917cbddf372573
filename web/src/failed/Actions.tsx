import { useState, type ReactElement } from 'react';
import type { FailureGroup, FailureGroupView, LetterAction, LetterPreview } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Panel } from '../parts/Panel.tsx';
import { request, RequestFailure, send } from '../server/request.ts';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';
import { ReasonDialog } from './ReasonDialog.tsx';
import { canaryStates, failuresOf } from './words.ts';

/** What can be done about a group: one as canary, then the rest; or put away, or somebody's word that it is addressed. */
export function Actions({ view }: { readonly view: FailureGroupView }): ReactElement {
  const { group, actions } = view;
  const address = `/api/failed/${encodeURIComponent(group.id)}`;
  const preview = usePreview(`${address}/preview`);
  const { found } = preview;
  const isBusy = actions.some(({ state }) => state === 'running');
  const canary = actions.find(({ kind }) => kind === 'canary');
  const none = group.letters === 0;
  const act =
    (what: string, more: object = {}) =>
    (form: FormData) =>
      send('POST', `${address}/${what}`, { reason: form.get('reason'), ...more });
  const shown = { onOpen: preview.ask, isReady: found !== undefined };
  const movable = found !== undefined && found.letters - found.homeless > 0;
  return (
    <Panel title="What is to be done" className="failed-actions">
      <ol className="steps-to-zero">
        <li>
          <p>
            <strong>Try one.</strong>{' '}
            <span className="soft">The oldest letter goes again; look what becomes of it.</span>
          </p>
          <ReasonDialog
            {...shown}
            isReady={movable}
            button="Send a canary …"
            className="button button-main"
            disabled={isBusy || none}
            title="Send one letter again?"
            act="Send one"
            submit={act('canary')}
          >
            <Touched preview={preview} what="canary" group={group} />
          </ReasonDialog>
          {canary !== undefined && <Canary action={canary} />}
        </li>
        <li>
          <p>
            <strong>Release the rest.</strong>{' '}
            <span className="soft">The oldest first; it ends by itself when ten have died again.</span>
          </p>
          <ReasonDialog
            {...shown}
            isReady={movable}
            button="Release the rest …"
            disabled={isBusy || none}
            title="Send all letters of this group again?"
            act={found === undefined ? 'Release' : `Release ${count(found.letters - found.homeless)}`}
            submit={(form) => act('release', { count: found?.letters ?? 1, rate: Number(form.get('rate')) })(form)}
          >
            <Touched preview={preview} what="release" group={group} />
            <label className="field">
              <span>Letters in a second, at most</span>
              <input name="rate" type="number" min={1} max={10_000} defaultValue={50} required />
            </label>
          </ReasonDialog>
        </li>
        <li>
          <p>
            <strong>Or say that nothing has to be done.</strong>{' '}
            <span className="soft">What fails later is open again.</span>
          </p>
          <div className="failed-buttons">
            <ReasonDialog
              {...shown}
              button="Mark as addressed …"
              disabled={group.open === 0}
              title="Mark this group as addressed?"
              act={found === undefined ? 'Mark' : `Mark ${count(found.open)}`}
              submit={act('address', { upTo: found?.upTo ?? 0 })}
            >
              <Touched preview={preview} what="address" group={group} />
            </ReasonDialog>
            <a className={`button ${none ? 'button-off' : ''}`} href={none ? undefined : `${address}/export`} download>
              Export
            </a>
            <ReasonDialog
              {...shown}
              isReady={found !== undefined && found.letters > 0}
              button="Purge …"
              disabled={isBusy || none}
              title="Take the letters of this group out of the broker?"
              act={found === undefined ? 'Purge' : `Purge ${count(found.letters)}`}
              isHarmful
              submit={act('purge', { count: found?.letters ?? 1 })}
            >
              <Touched preview={preview} what="purge" group={group} />
            </ReasonDialog>
          </div>
        </li>
      </ol>
      {none && group.open > 0 && (
        <p className="failed-note soft">
          No letter of this group is in a queue of dead letters, as far as the broker told: somebody has taken them out
          by other means. Repeat the runs instead, or mark the group as addressed.
        </p>
      )}
    </Panel>
  );
}

function Canary({ action: { canary, problem } }: { readonly action: LetterAction }): ReactElement {
  if (canary === undefined) return <p className="soft">{problem ?? 'No letter was found to be sent.'}</p>;
  return (
    <p className="canary" aria-live="polite">
      <State state={canaryStates[canary.state]} />
      {canary.run !== undefined && <Link to={`/runs/${encodeURIComponent(canary.run)}`}>its run</Link>}
      {canary.state !== 'well' && canary.message !== undefined && <span className="canary-why">{canary.message}</span>}
    </p>
  );
}

interface Previewed {
  readonly found?: LetterPreview;
  readonly failure?: RequestFailure;
}

/** What actions would touch, asked for when it is to be shown: it is counted in the broker. */
function usePreview(path: string): Previewed & { readonly ask: () => void } {
  const [previewed, setPreviewed] = useState<Previewed>({});
  const ask = (): void => {
    setPreviewed({});
    request<LetterPreview>(path, new AbortController().signal)
      .then((found) => setPreviewed({ found }))
      .catch((error: unknown) =>
        setPreviewed({
          failure: error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'),
        }),
      );
  };
  return { ...previewed, ask };
}

function Touched({
  preview: { found, failure },
  what,
  group,
}: {
  readonly preview: Previewed;
  readonly group: FailureGroup;
  readonly what: 'canary' | 'release' | 'purge' | 'address';
}): ReactElement {
  if (failure !== undefined) return <Failure failure={failure} />;
  if (found === undefined) return <p className="soft">Counting …</p>;
  if (what === 'address')
    return (
      <p>
        {failuresOf(plural(found.open, 'failure'), group, found.runs)} {found.open === 1 ? 'counts' : 'count'} as
        addressed.{' '}
        {found.letters > 0 &&
          `${plural(found.letters, 'letter')} ${found.letters === 1 ? 'stays' : 'stay'} in the broker.`}
      </p>
    );
  const homeless = found.homeless > 0 && (
    <li>{plural(found.homeless, 'letter')} cannot be sent: nothing tells where to.</li>
  );
  return (
    <ul className="touched">
      {what === 'purge' ? (
        <>
          {found.from.map(({ queue, count: number }) => (
            <li key={queue}>
              {plural(number, 'letter')} out of <code>{queue}</code>, each when its file is safe on the disk of the
              monitor’s host
            </li>
          ))}
          <li>They count as addressed. “baton dlq reinject” brings such files back.</li>
        </>
      ) : (
        <>
          {what === 'canary' && <li>One of these: the oldest.</li>}
          {found.to.map(({ destination, count: number }) => (
            <li key={destination}>
              {plural(number, 'letter')} to <code>{destination.replace(/^\/queue\//, '')}</code>, attempts counted anew
            </li>
          ))}
          {homeless}
          {found.letters === 0 && <li>No letter of this group is there any more.</li>}
        </>
      )}
      <li className="soft">Letters of other groups keep their places.</li>
    </ul>
  );
}
