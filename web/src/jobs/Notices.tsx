import type { ReactElement } from 'react';
import type { JobsView } from '../../../src/monitor/api.ts';
import { Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Age } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { plural } from '../words/figures.ts';
import { healthStates } from '../words/states.ts';

/** What holds jobs up, with what to do; and what waits with the broker, and is no job yet. */
export function Notices({ jobs: { untaken, holders, queued } }: { readonly jobs: JobsView }): ReactElement | null {
  const silent = holders.filter(({ isUnheard, jobs }) => isUnheard && jobs > 0);
  const waiting = queued.filter((each) => each.waiting > 0);
  if (untaken.length + silent.length + waiting.length === 0) return null;
  return (
    <Panel title="Held up" id="held-up">
      <ul className="checks">
        {untaken.map(({ backend, message, advice, since }) => (
          <Notice key={backend + advice} state="warning" since={since} advice={advice}>
            {message}
          </Notice>
        ))}
        {silent.map(({ host, jobs, heard }) => (
          <Notice
            key={host}
            state="warning"
            since={heard}
            advice="See whether its host runs, and start it again. What it held goes to others, or is run again; until then nothing of it is known."
          >
            {host} holds {plural(jobs, 'job')}, and is not heard of.
          </Notice>
        ))}
        {waiting.map((queue) => (
          <Notice key={queue.queue} state="notice" advice={adviceOf(queue.consumers)}>
            <Link to={`/#queue-${queue.queue}`}>
              {plural(queue.waiting, 'message waits', 'messages wait')} in {queue.queue}
            </Link>
            , and {queue.waiting === 1 ? 'is' : 'are'} not handed over yet.
          </Notice>
        ))}
      </ul>
    </Panel>
  );
}

function adviceOf(consumers: number): string {
  return consumers === 0
    ? 'Start a process with the service command: baton service command.'
    : 'The services hold as many as they may; the rest follows as theirs end.';
}

interface NoticeProps {
  readonly state: 'warning' | 'notice';
  readonly since?: number;
  readonly advice?: string;
  readonly children: React.ReactNode;
}

function Notice({ state, since, advice, children }: NoticeProps): ReactElement {
  return (
    <li className={`check tone-${healthStates[state].tone}`} data-state={state}>
      <State state={healthStates[state]} />
      <div className="check-words">
        <p>{children}</p>
        {advice !== undefined && <p className="advice">{advice}</p>}
      </div>
      <span className="check-since soft">{since !== undefined && <Age time={since} />}</span>
    </li>
  );
}
