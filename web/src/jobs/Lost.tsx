import type { ReactElement } from 'react';
import type { EndedJob } from '../../../src/monitor/api.ts';
import { Panel } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { duration } from '../words/time.ts';

/** Jobs whose host was not heard of any more: what their failure says, with the last that they printed. */
export function Lost({ lost }: { readonly lost: readonly EndedJob[] }): ReactElement | null {
  if (lost.length === 0) return null;
  return (
    <Panel title="Lost lately" id="lost" aside="since the monitor started">
      <ul className="jobs-lost">
        {lost.map((job) => (
          <li key={job.key}>
            <p>
              <strong>{job.program}</strong>{' '}
              <Link to={`/runs/${encodeURIComponent(job.run)}?step=${String(job.step)}`} title={job.run}>
                {job.run.slice(0, 8)}, step {job.step}
              </Link>{' '}
              <span className="soft">
                {job.host !== undefined && `on ${job.host}, `}
                <Moment time={job.time} />
                {job.seconds !== undefined && `, after ${duration(job.seconds * 1000)}`}
              </span>
            </p>
            {job.message !== undefined && <pre className="jobs-said">{job.message}</pre>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
