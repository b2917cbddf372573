import type { ReactElement } from 'react';
import type { JobsView, LiveEvent } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Paging } from '../parts/Paging.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { pageAddress, usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { plural } from '../words/figures.ts';
import { Counts } from './Counts.tsx';
import { isFiltered, jobsPath } from './filter.ts';
import { Filters } from './Filters.tsx';
import { JobTable } from './JobTable.tsx';
import { Lost } from './Lost.tsx';
import { Notices } from './Notices.tsx';
import { Workers } from './Workers.tsx';
import './jobs.css';

const concerns = ({ type }: LiveEvent): boolean => type === 'jobs';

/** The programs that run and wait: how many of which where, on what, and why not. */
export default function Jobs(): ReactElement {
  const { query } = usePlace();
  const { answer, failure, fresh } = useRequest<JobsView>(jobsPath(query), concerns);
  return (
    <>
      <title>Jobs · Baton</title>
      <h1 className="title">Jobs</h1>
      <Filters query={query} counts={answer?.counts ?? []} />
      {failure !== undefined && <Failure failure={failure} />}
      {answer !== undefined && (
        <div className="jobs-page">
          <Notices jobs={answer} />
          <Counts counts={answer.counts} query={query} />
          <Panel
            title={query.has('cursor') ? 'Further jobs' : 'What runs, and what waits as it would begin'}
            aside={`${plural(answer.total, 'job')}${answer.isAll || answer.holders.length === 0 ? '' : ' so far: services are still telling of theirs'}`}
          >
            <div aria-busy={!fresh} className="jobs-list">
              {answer.items.length > 0 ? (
                <JobTable jobs={answer.items} query={query} />
              ) : (
                <None query={query} jobs={answer} />
              )}
            </div>
            <Paging
              cursor={query.get('cursor')}
              next={answer.next}
              at={(cursor) => pageAddress('/jobs', query, cursor)}
              words={{ first: 'First', next: 'Further jobs' }}
            />
          </Panel>
          <Workers backends={answer.backends} query={query} />
          <Lost lost={answer.lost} />
        </div>
      )}
    </>
  );
}

function None({ query, jobs }: { readonly query: URLSearchParams; readonly jobs: JobsView }): ReactElement {
  if (isFiltered(query))
    return (
      <Nothing>
        No job fits these conditions. <Link to="/jobs">Show all jobs</Link>
      </Nothing>
    );
  if (jobs.holders.length > 0)
    return <Nothing>No program runs or waits. A job appears here when a step asks for its program.</Nothing>;
  return (
    <Nothing>
      {jobs.isAll
        ? 'No service here runs programs. Name programs in baton.yaml, and have a process run the service command.'
        : 'Services have not told of their jobs yet; that takes some seconds.'}
    </Nothing>
  );
}
