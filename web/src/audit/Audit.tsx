import { type ReactElement } from 'react';
import type { AuditEntry, AuditPage } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf, usePlace } from '../routing/place.ts';
import { useTyped } from '../routing/useTyped.ts';
import { useRequest } from '../server/useRequest.ts';
import { Subject } from './Deed.tsx';
import './audit.css';

const filters = [
  { name: 'who', label: 'Who' },
  { name: 'action', label: 'Did what' },
  { name: 'subject', label: 'To what' },
] as const;

const pageLength = 50;

/** Who did what when, and why; the latest first. */
export default function Audit(): ReactElement {
  const { query } = usePlace();
  const { answer, failure, fresh, refresh } = useRequest<AuditPage>(pathOf(query), never);
  const isFiltered = filters.some(({ name }) => query.has(name));
  return (
    <>
      <title>Audit · Baton</title>
      <h1 className="title">Audit</h1>
      <search className="filters">
        {filters.map(({ name, label }) => (
          <Filter key={name} name={name} label={label} query={query} />
        ))}
        {isFiltered && (
          <Link to="/audit" className="filters-clear">
            Clear
          </Link>
        )}
      </search>
      {failure !== undefined && <Failure failure={failure} />}
      {answer && (
        <Panel
          title={query.has('cursor') ? 'Earlier' : 'Latest first'}
          aside={
            <button type="button" className="link" onClick={refresh}>
              Look again
            </button>
          }
        >
          <div aria-busy={!fresh}>
            {answer.items.length === 0 ? (
              <Nothing>{isFiltered ? 'Nothing of that was done.' : 'Nobody has done anything yet.'}</Nothing>
            ) : (
              <Entries entries={answer.items} query={query} />
            )}
          </div>
          {answer.next !== undefined && (
            <nav className="paging" aria-label="Pages of the list">
              <Link className="button" to={withQuery(query, 'cursor', answer.next)}>
                Earlier
              </Link>
            </nav>
          )}
        </Panel>
      )}
    </>
  );
}

function Entries({
  entries,
  query,
}: {
  readonly entries: readonly AuditEntry[];
  readonly query: URLSearchParams;
}): ReactElement {
  return (
    <table className="audit">
      <caption className="unseen">What was done, the latest first</caption>
      <thead>
        <tr>
          <th scope="col">when</th>
          <th scope="col">who</th>
          <th scope="col">did</th>
          <th scope="col">to</th>
          <th scope="col">why</th>
          <th scope="col">what came of it</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <td>
              <Moment time={entry.time} />
            </td>
            <td>
              <Link to={withQuery(query, 'who', entry.who)}>{entry.who}</Link>{' '}
              <span className="soft" title={[entry.role, entry.address].filter(Boolean).join(', ')}>
                {entry.way}
              </span>
            </td>
            <td>
              <Link to={withQuery(query, 'action', entry.action)}>{entry.action}</Link>
            </td>
            <td className="audit-subject">
              <Subject entry={entry} />
            </td>
            <td>{entry.reason}</td>
            <td className={entry.outcome?.startsWith('failed') ? 'tone-bad audit-failed' : 'soft'}>
              {entry.outcome ?? 'under way, or cut short'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Filter({
  name,
  label,
  query,
}: {
  readonly name: string;
  readonly label: string;
  readonly query: URLSearchParams;
}): ReactElement {
  const [text, setText] = useTyped(query, name, (typed) => withQuery(query, name, typed));
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="search"
        name={name}
        value={text}
        placeholder="any"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function withQuery(query: URLSearchParams, name: string, value: string): string {
  const changed = new URLSearchParams(query);
  if (name !== 'cursor') changed.delete('cursor');
  changed.set(name, value);
  return addressOf('/audit', changed);
}

function pathOf(query: URLSearchParams): string {
  const asked = new URLSearchParams({ limit: String(pageLength) });
  for (const name of [...filters.map((filter) => filter.name), 'cursor']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  return `/api/audit?${asked.toString()}`;
}

/** No event tells of it. */
function never(): boolean {
  return false;
}
