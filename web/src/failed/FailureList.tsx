import { useState, type ReactElement } from 'react';
import type { FailureGroupView, FailureLetter, FailureView, LiveEvent } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { JsonText } from '../parts/JsonText.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf } from '../routing/place.ts';
import { send } from '../server/request.ts';
import { useRequest } from '../server/useRequest.ts';
import { bytes, plural } from '../words/figures.ts';
import { groupAddress } from './filter.ts';
import { ReasonDialog } from './ReasonDialog.tsx';

interface ListProps {
  readonly view: FailureGroupView;
  readonly query: URLSearchParams;
  readonly mayAct: boolean;
}

/** The failures of a group: each with its run, its message and its letter. */
export function FailureList({ view, query, mayAct }: ListProps): ReactElement {
  const { group, failures } = view;
  const isAddressed = query.get('state') === 'addressed';
  const at = (changes: Readonly<Record<string, string>>): string =>
    addressOf(groupAddress(group.id), new URLSearchParams({ state: query.get('state') ?? '', ...changes }));
  const other = isAddressed ? group.open : group.addressed;
  return (
    <Panel
      title={isAddressed ? 'Addressed messages, the latest first' : 'Messages that failed, the latest first'}
      className="failed-list"
      aside={
        other > 0 && (
          <Link to={at({ state: isAddressed ? '' : 'addressed' })}>
            {plural(other, isAddressed ? 'open one' : 'addressed one')}
          </Link>
        )
      }
    >
      {failures.items.length === 0 && (
        <Nothing>{isAddressed ? 'None has been addressed.' : 'None is open: this group is done.'}</Nothing>
      )}
      <ul className="failures">
        {failures.items.map((failure) => (
          <Item key={failure.n} group={group.id} failure={failure} mayAct={mayAct && !isAddressed} />
        ))}
      </ul>
      {(query.has('cursor') || failures.next !== undefined) && (
        <nav className="paging" aria-label="Pages of the list">
          {query.has('cursor') && <Link to={at({})}>Latest</Link>}
          {failures.next !== undefined && (
            <Link className="button" to={at({ cursor: failures.next })}>
              Earlier ones
            </Link>
          )}
        </nav>
      )}
    </Panel>
  );
}

function Item({
  group,
  failure,
  mayAct,
}: {
  readonly group: string;
  readonly failure: FailureView;
  readonly mayAct: boolean;
}): ReactElement {
  const { n, run, step, host, died, message, reinjected, isForeign, queue } = failure;
  const address = `/api/failed/${encodeURIComponent(group)}/letters/${n}`;
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="failed-message">
      <div className="failed-message-head">
        <Moment time={died} />
        {run === undefined ? (
          <span className="soft">no run</span>
        ) : (
          <>
            <Link to={`/runs/${encodeURIComponent(run)}${step === undefined ? '' : `?step=${step}&outcome=dead`}`}>
              run <code>{run.slice(0, 8)}</code>
            </Link>
            <Link to={`/runs/${encodeURIComponent(run)}${step === undefined ? '' : `?step=${step}`}#log`}>
              log lines
            </Link>
          </>
        )}
        {host !== undefined && <span className="soft">{host}</span>}
        {reinjected > 0 && <span className="soft">sent again {plural(reinjected, 'time')} before</span>}
        {isForeign && <span className="inferred">told by the broker only</span>}
        {mayAct && (
          <ReasonDialog
            button="Address …"
            className="link"
            title="Mark this message as addressed?"
            act="Mark it"
            submit={(form) => send('POST', `${address}/address`, { reason: form.get('reason') })}
          >
            <p>Only this one of the group{queue === undefined ? '.' : '; its letter stays in the broker.'}</p>
          </ReasonDialog>
        )}
      </div>
      <p className="failed-why">{message}</p>
      {queue === undefined ? (
        <p className="soft">Its letter is in no queue of dead letters.</p>
      ) : (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            Letter in <code>{queue}</code>
          </summary>
          {isOpen && <Letter path={address} />}
        </details>
      )}
    </li>
  );
}

const never = (event: LiveEvent): boolean => event.type === 'snapshot';

function Letter({ path }: { readonly path: string }): ReactElement | null {
  const { answer, failure } = useRequest<FailureLetter>(path, never);
  if (failure !== undefined) return <Failure failure={failure} />;
  if (answer === undefined) return null;
  const { body, headers, bytes: size, isWhole } = answer.letter;
  return (
    <div className="letter">
      <p className="soft">
        Body, {bytes(size)}
        {!isWhole && '; its beginning'}
      </p>
      <JsonText value={body} label="Body" />
      <p className="soft">Headers</p>
      <JsonText value={headers} label="Headers" />
    </div>
  );
}
