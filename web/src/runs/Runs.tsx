import type { ReactElement } from 'react';
import type { RunPage, RunSummary } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Failure } from '../parts/Failure.tsx';
import { Paging } from '../parts/Paging.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { pageAddress, usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { plural } from '../words/figures.ts';
import { belongs, isFiltered, runsPath } from './filter.ts';
import { Filters } from './Filters.tsx';
import { ChosenBar } from '../bulk/ChosenBar.tsx';
import { useChoice } from '../bulk/useChoice.ts';
import { RunTable } from './RunTable.tsx';
import './runs.css';

const noEvent = (): boolean => false;

/** All runs, newest first. Rows move with the feed; runs that came since wait behind a button, so that nothing slips away under the pointer. */
export function Runs(): ReactElement {
  const { query } = usePlace();
  const { answer, failure, fresh, refresh } = useRequest<RunPage>(runsPath(query), noEvent);
  const live = useLive((state) => state.runs);
  const items = answer?.items.map((item) => newer(item, live.get(item.id)));
  const choice = useChoice(items ?? [], query);
  const unseen = answer === undefined || query.has('cursor') ? 0 : countUnseen(answer.items, live, query);
  return (
    <>
      <title>Runs · Baton</title>
      <div className="runs-head">
        <h1 className="title">Runs</h1>
        {choice !== undefined && <Link to="/announce">Announce by hand</Link>}
      </div>
      <Filters query={query} />
      {failure !== undefined && <Failure failure={failure} />}
      <Panel
        title={query.has('cursor') ? 'Older runs' : 'Newest first'}
        aside={<NewRuns number={unseen} onShow={refresh} />}
      >
        {choice !== undefined && <ChosenBar choice={choice} query={query} />}
        <div aria-busy={!fresh} className="runs-list">
          {items !== undefined && items.length > 0 && (
            <RunTable runs={items} columns="full" caption="Runs, newest first" choosing={choice} />
          )}
          {items?.length === 0 &&
            (answer?.next === undefined ? (
              <Empty filtered={isFiltered(query)} />
            ) : (
              <NoneYet next={pageAddress('/runs', query, answer.next)} />
            ))}
        </div>
        <Paging
          cursor={query.get('cursor')}
          next={answer?.next}
          at={(cursor) => pageAddress('/runs', query, cursor)}
          words={{ first: 'Newest', next: 'Older runs' }}
        />
        {answer?.next === undefined && answer?.removed !== undefined && <Removed removed={answer.removed} />}
      </Panel>
    </>
  );
}

function NewRuns({ number, onShow }: { readonly number: number; readonly onShow: () => void }): ReactElement {
  return (
    <span aria-live="polite">
      {number > 0 && (
        <button type="button" className="link" onClick={onShow}>
          {plural(number, 'new run')} – show
        </button>
      )}
    </span>
  );
}

function Empty({ filtered }: { readonly filtered: boolean }): ReactElement {
  return filtered ? (
    <Nothing>
      No run fits these conditions. <Link to="/runs">Show all runs</Link>
    </Nothing>
  ) : (
    <Nothing>Nothing has been announced yet. Runs appear here the moment acquisition announces a collection.</Nothing>
  );
}

/** The monitor ends a search that takes long, so that all else goes on; the next page begins where this one ended. */
function NoneYet({ next }: { readonly next: string }): ReactElement {
  return (
    <Nothing>
      None of the runs looked through so far fits. <Link to={next}>Look further back</Link>
    </Nothing>
  );
}

/** The later of what was asked for and what the feed told: an ended run does not run again. */
function newer(asked: RunSummary, told: RunSummary | undefined): RunSummary {
  return told === undefined || (asked.ended !== undefined && told.ended === undefined) ? asked : told;
}

function countUnseen(
  shown: readonly RunSummary[],
  live: ReadonlyMap<string, RunSummary>,
  query: URLSearchParams,
): number {
  const newest = shown[0]?.announced ?? 0;
  const ids = new Set(shown.map((run) => run.id));
  return [...live.values()].filter((run) => run.announced >= newest && !ids.has(run.id) && belongs(run, query)).length;
}

/** At the end of the list: what is not in it any more. */
function Removed({ removed: { runs, before } }: { readonly removed: NonNullable<RunPage['removed']> }): ReactElement {
  return (
    <Nothing>
      Older runs were removed: {plural(runs, 'run')} that had ended before <Moment time={before} />.
    </Nothing>
  );
}
