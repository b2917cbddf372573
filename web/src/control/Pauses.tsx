import { useState, type ReactElement } from 'react';
import type { Page, PauseView, ServiceView } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Age } from '../parts/Time.tsx';
import { Mark } from '../parts/Mark.tsx';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { wordsOf } from './order.ts';
import { OrderDialog } from './OrderDialog.tsx';
import './control.css';

/** All that is paused, also where nobody of it lives now; nothing where nothing is. */
export function Pauses(): ReactElement | null {
  const found = useLive((live) => live.health)?.checks.find(({ check }) => check === 'paused');
  if (found === undefined || found.state === 'pass') return null;
  // The check's words change with what is paused.
  return <List key={found.message} />;
}

function List(): ReactElement {
  const { answer } = useRequest<Page<PauseView>>('/api/pauses?limit=500', never);
  const [resuming, setResuming] = useState<PauseView>();
  const mayAct = useMayAct();
  return (
    <>
      <ul className="pauses">
        {(answer?.items ?? []).map((pause) => (
          <li key={wordsOf(pause)} className="tone-warn">
            <Mark shape="slash" />
            <span>
              <strong>{wordsOf(pause)}</strong> paused by {pause.who}, <Age time={pause.since} />: {pause.reason}
            </span>
            {mayAct && (
              <button type="button" className="button" onClick={() => setResuming(pause)}>
                Resume …
              </button>
            )}
          </li>
        ))}
      </ul>
      {resuming && <OrderDialog service={viewOf(resuming)} onClose={() => setResuming(undefined)} />}
    </>
  );
}

/** A pause as the card of a service that it holds back. */
function viewOf(pause: PauseView): ServiceView {
  const { service, host } = pause;
  return {
    ...{ host: host === '*' ? 'all hosts' : host, service: service === '*' ? 'All services' : service },
    ...{ serviceClass: service, status: 2, statusText: '', utilization: {}, lastSeen: 0, lost: false, extra: {} },
    paused: pause,
  };
}

function never(): boolean {
  return false;
}
