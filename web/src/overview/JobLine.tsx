import type { ReactElement } from 'react';
import { stateNames } from '../jobs/filter.ts';
import { jobStates } from '../jobs/words.ts';
import { useLive } from '../live/context.ts';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { count } from '../words/figures.ts';

/** How many programs are in which state, where there are any. */
export function JobLine(): ReactElement | null {
  const jobs = useLive((live) => live.jobs);
  const shown = stateNames.filter((state) => (jobs?.[state] ?? 0) > 0);
  if (jobs === undefined || shown.length === 0) return null;
  return (
    <Panel
      title="Jobs"
      aside={shown.map((state) => (
        <Link key={state} to={`/jobs?state=${state}`} className={`state tone-${jobStates[state].tone}`}>
          <Mark shape={jobStates[state].shape} />
          {count(jobs[state])} {jobStates[state].word}
        </Link>
      ))}
    />
  );
}
