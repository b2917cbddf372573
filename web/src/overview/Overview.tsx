import type { ReactElement } from 'react';
import { useLive } from '../live/context.ts';
import { Announcements } from './Announcements.tsx';
import { HealthList } from './HealthList.tsx';
import { JobLine } from './JobLine.tsx';
import { LatestRuns } from './LatestRuns.tsx';
import { QueueLines } from './QueueLines.tsx';
import { Services } from './Services.tsx';
import { Verdict } from './Verdict.tsx';
import './overview.css';

/** Is all well? Health, queues, services and the latest runs, kept live by the feed. */
export function Overview(): ReactElement {
  const health = useLive((live) => live.health);
  const known = useLive((live) => live.epoch > 0);
  return (
    <>
      <title>{health === undefined || health.state === 'pass' ? 'Baton' : `${health.state} · Baton`}</title>
      <div className="overview-head">
        <Verdict />
        <Announcements />
      </div>
      {/* Before the first snapshot nothing is said: an empty list would be a claim. */}
      {known && (
        <div className="overview">
          <div className="overview-column">
            <HealthList />
            <QueueLines />
          </div>
          <div className="overview-column">
            <LatestRuns />
            <JobLine />
            <Services />
          </div>
        </div>
      )}
    </>
  );
}
