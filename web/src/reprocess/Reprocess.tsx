import type { ReactElement } from 'react';
import type { BackfillView, LiveEvent, Page } from '../../../src/monitor/api.ts';
import { useNow } from '../live/now.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { NewBackfill } from './NewBackfill.tsx';
import { Progress } from './Progress.tsx';
import { holdWords, selectionWords, stateOf } from './words.ts';
import './reprocess.css';

const onBackfill = (event: LiveEvent): boolean => event.type === 'backfill';

/** Runs of the past once more: the back-fills that there are, and a new one. */
export default function Reprocess(): ReactElement {
  const { query } = usePlace();
  const { answer, failure } = useRequest<Page<BackfillView>>('/api/backfills?limit=50', onBackfill);
  return (
    <>
      <title>Reprocess · Baton</title>
      <h1 className="title">Reprocess</h1>
      {failure !== undefined && <Failure failure={failure} />}
      <div className="reprocess">
        <NewBackfill query={query} />
        <Panel title="Back-fills" className="reprocess-list" aside="the newest first">
          {answer?.items.length === 0 && <Nothing>There has been none yet.</Nothing>}
          <ul>
            {answer?.items.map((backfill) => (
              <Line key={backfill.id} backfill={backfill} />
            ))}
          </ul>
        </Panel>
      </div>
    </>
  );
}

function Line({ backfill }: { readonly backfill: BackfillView }): ReactElement {
  const now = useNow();
  const { id, selection, created, creator, reason, held } = backfill;
  return (
    <li className="backfill">
      <p className="backfill-head">
        <Link to={`/reprocess/${id}`}>{selectionWords(selection, now)}</Link>
        <State state={stateOf(backfill)} />
      </p>
      <Progress backfill={backfill} />
      {held !== undefined && <p className="tone-warn backfill-held">{holdWords(held, now)}</p>}
      <p className="soft">
        {creator}, <Moment time={created} />: {reason}
      </p>
    </li>
  );
}
