import { type ReactElement } from 'react';
import type { FailedCounts, FailedPage, FailureGroup, LiveEvent } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Failure } from '../parts/Failure.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Paging } from '../parts/Paging.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Age, Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { useTyped } from '../routing/useTyped.ts';
import { pageAddress, usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { count, plural } from '../words/figures.ts';
import { failedPath, groupAddress, isNarrowed, withFailedFilter } from './filter.ts';
import { headingOf, lettersOf, placeOf } from './words.ts';
import './failed.css';

const onFailed = (event: LiveEvent): boolean => event.type === 'failed';

/** What failed and nobody has addressed: the count that goes to zero is the goal of the shift. */
export default function Failed(): ReactElement {
  const { query } = usePlace();
  const { answer, failure, fresh } = useRequest<FailedPage>(failedPath(query), onFailed);
  const told = useLive((live) => live.failed);
  const counts = told ?? answer?.counts;
  const isAddressed = query.get('state') === 'addressed';
  const isDone = counts?.failures === 0 && !isAddressed && !isNarrowed(query);
  return (
    <>
      <title>{`${counts === undefined ? '' : `${count(counts.failures)} `}Failed · Baton`}</title>
      {counts !== undefined && <ToGo counts={counts} />}
      {counts === undefined && <h1 className="title">Failed</h1>}
      {failure !== undefined && <Failure failure={failure} />}
      {!isDone && (
        <>
          <Conditions query={query} />
          <Panel
            title={isAddressed ? 'Addressed' : 'What failed, by step, cause and version of the recipe'}
            aside={answer === undefined ? undefined : sizeOf(answer, counts, isAddressed)}
          >
            <div aria-busy={!fresh} className="groups-list">
              {answer?.items.length === 0 && <Empty query={query} isAddressed={isAddressed} />}
              <ul className="groups">
                {answer?.items.map((group) => (
                  <GroupLine key={group.id} group={group} isAddressed={isAddressed} />
                ))}
              </ul>
            </div>
            <Paging
              cursor={query.get('cursor')}
              next={answer?.next}
              at={(cursor) => pageAddress('/failed', query, cursor)}
              words={{ first: 'First', next: 'More' }}
            />
          </Panel>
        </>
      )}
      {counts !== undefined && counts.unseen.length > 0 && <Unseen unseen={counts.unseen} />}
    </>
  );
}

function sizeOf({ items, next }: FailedPage, counts: FailedCounts | undefined, isAddressed: boolean): string {
  if (isAddressed || counts === undefined || items.length === counts.groups) return plural(items.length, 'group');
  return next === undefined
    ? `${count(items.length)} of ${plural(counts.groups, 'group')}`
    : `${count(items.length)} of ${plural(counts.groups, 'group')} on this page`;
}

/** How much is left to do. */
function ToGo({ counts }: { readonly counts: FailedCounts }): ReactElement {
  const { failures, groups, runs, addressedRuns } = counts;
  const isDone = failures === 0;
  return (
    <header className={`to-go ${isDone ? 'tone-good' : 'tone-bad'}`} aria-live="polite">
      {isDone ? <Mark shape="check" /> : <p className="to-go-number">{count(failures)}</p>}
      <div>
        <h1>{isDone ? 'Nothing is left to do' : `${failures === 1 ? 'failure' : 'failures'} to look after`}</h1>
        <p className="soft">
          {isDone
            ? 'Whatever failed has been sent again or addressed. What fails next appears here by itself.'
            : [plural(groups, 'group'), ...(runs === 0 ? [] : [plural(runs, 'run')])].join(', ')}
          {addressedRuns > 0 && (
            <>
              {isDone ? ' ' : ' · '}
              <Link to="/failed?state=addressed">
                {plural(addressedRuns, 'failed run')} {addressedRuns === 1 ? 'is' : 'are'} addressed
              </Link>
            </>
          )}
        </p>
      </div>
    </header>
  );
}

function Conditions({ query }: { readonly query: URLSearchParams }): ReactElement {
  return (
    <search className="filters">
      <Search query={query} />
      <Choice query={query} name="state" label="Which" choices={['open', 'addressed']} />
      {query.get('state') !== 'addressed' && (
        <Choice query={query} name="order" label="Order" choices={['largest', 'newest']} />
      )}
      {(['service', 'code', 'recipe', 'run', 'queue'] as const)
        .filter((name) => query.has(name))
        .map((name) => (
          <Link key={name} className="badge" to={withFailedFilter(query, name, '')} aria-label={`Not only ${name}`}>
            {name}: {query.get(name)} ×
          </Link>
        ))}
      {isNarrowed(query) && (
        <Link to="/failed" className="filters-clear">
          Clear
        </Link>
      )}
    </search>
  );
}

function Choice({
  query,
  name,
  label,
  choices,
}: {
  readonly query: URLSearchParams;
  readonly name: 'state' | 'order';
  readonly label: string;
  readonly choices: readonly [usual: string, other: string];
}): ReactElement {
  const chosen = query.get(name) ?? choices[0];
  return (
    <ul className="state-choices" aria-label={label}>
      {choices.map((choice, index) => (
        <li key={choice}>
          <Link
            to={withFailedFilter(query, name, index === 0 ? '' : choice)}
            aria-current={choice === chosen ? 'true' : undefined}
          >
            {name === 'order' ? `${choice} first` : choice}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Search({ query }: { readonly query: URLSearchParams }): ReactElement {
  const [text, setText] = useTyped(query, 'text', (typed) => withFailedFilter(query, 'text', typed));
  return (
    <label className="field field-text">
      <span>Search</span>
      <input
        type="search"
        value={text}
        maxLength={200}
        placeholder="words of the message"
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function GroupLine({
  group,
  isAddressed,
}: {
  readonly group: FailureGroup;
  readonly isAddressed: boolean;
}): ReactElement {
  const { recipes, version, oldest, newest, hosts } = group;
  return (
    <li className="group">
      <p className={`group-count ${isAddressed ? 'tone-quiet' : 'tone-bad'}`}>
        <strong>{count(isAddressed ? group.addressed : group.open)}</strong>
        {group.step !== undefined && group.runs > 0 && <span className="soft">{plural(group.runs, 'run')}</span>}
      </p>
      <div className="group-words">
        <p className="group-message">
          <Link to={`${groupAddress(group.id)}${isAddressed ? '?state=addressed' : ''}`}>{headingOf(group)}</Link>
        </p>
        <p className="soft group-place">
          <code>{group.code}</code>
          <span>{placeOf(group)}</span>
          {recipes.length > 0 && <span>{recipes.join(' + ')}</span>}
          {version !== undefined && <span title={version}>version {version.slice(0, 7)}</span>}
          {hosts.length > 0 && (
            <span className="group-hosts">{hosts.length === 1 ? hosts[0] : plural(hosts.length, 'host')}</span>
          )}
        </p>
      </div>
      <p className="soft group-times">
        <span>
          <Age time={newest} />
        </span>
        {oldest !== undefined && oldest !== newest && (
          <span>
            since <Moment time={oldest} />
          </span>
        )}
        <span>{lettersOf(group)}</span>
      </p>
    </li>
  );
}

function Empty({
  query,
  isAddressed,
}: {
  readonly query: URLSearchParams;
  readonly isAddressed: boolean;
}): ReactElement {
  if (isNarrowed(query))
    return (
      <Nothing>
        No group fits these conditions. <Link to="/failed">Show all</Link>
      </Nothing>
    );
  return <Nothing>{isAddressed ? 'Nothing has been marked as addressed yet.' : 'Nothing failed.'}</Nothing>;
}

function Unseen({ unseen }: { readonly unseen: FailedCounts['unseen'] }): ReactElement {
  return (
    <p className="unseen-letters soft">
      {unseen.map(({ queue, letters }) => (
        <span key={queue}>
          In {queue} are {plural(letters, 'more dead letter', 'more dead letters')} than the broker shows: those that no
          record tells of appear here when the others have gone (<code>maxBrowsePageSize</code> of ActiveMQ).
        </span>
      ))}
    </p>
  );
}
