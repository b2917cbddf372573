import { useState, type ReactElement } from 'react';
import type { ServiceView } from '../../../src/monitor/api.ts';
import { OrderDialog } from '../control/OrderDialog.tsx';
import { Pauses } from '../control/Pauses.tsx';
import { useLive } from '../live/context.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Age } from '../parts/Time.tsx';
import { useMayAct } from '../session/context.ts';
import { percent } from '../words/figures.ts';
import { serviceState, statusDetail, statusWord } from '../words/states.ts';
import { isOutdated } from './version.ts';
import './services.css';

/** A card per service instance; those in trouble come first, the others stay where they are. */
export function Services(): ReactElement {
  const services = useLive((live) => live.services);
  const version = useLive((live) => live.health)?.version;
  const mayAct = useMayAct();
  const [ordered, setOrdered] = useState<ServiceView>();
  const sorted = services.toSorted(
    (a, b) => trouble(a) - trouble(b) || a.service.localeCompare(b.service) || a.host.localeCompare(b.host),
  );
  return (
    <Panel id="services" title="Services" aside={<Tally services={services} />}>
      <Pauses />
      {services.length === 0 ? (
        <Nothing>No service has sent a heartbeat yet.</Nothing>
      ) : (
        <ul className="services">
          {sorted.map((service) => (
            <Card
              key={`${service.host} ${service.service}`}
              service={service}
              newest={version}
              onOrder={mayAct && isOrderly(service) ? () => setOrdered(service) : undefined}
            />
          ))}
        </ul>
      )}
      {ordered && <OrderDialog service={ordered} onClose={() => setOrdered(undefined)} />}
    </Panel>
  );
}

function trouble(service: ServiceView): number {
  return serviceState(service).tone === 'bad' ? 0 : 1;
}

function Tally({ services }: { readonly services: readonly ServiceView[] }): ReactElement {
  const groups = Map.groupBy(services, (service) => serviceState(service).word);
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      {sorted.map(([word, members]) => (
        <span key={word}>
          {members.length} {word}
        </span>
      ))}
    </>
  );
}

/** Jobs have no class, and take no orders; whoever is lost or has ended hears none. */
function isOrderly({ serviceClass, status, lost }: ServiceView): boolean {
  return serviceClass !== '' && !lost && status !== 6;
}

function Card({
  service,
  newest,
  onOrder,
}: {
  readonly service: ServiceView;
  readonly newest: string | undefined;
  /** Absent where it cannot be told anything, or the reader may not. */
  readonly onOrder: (() => void) | undefined;
}): ReactElement {
  const state = serviceState(service);
  const text = statusDetail(service);
  return (
    <li className={`service tone-${state.tone}`}>
      <div className="service-line">
        <h3 className="clip" title={service.serviceClass}>
          {service.service}
        </h3>
        <span className="service-end soft">
          <span className="unseen">last seen </span>
          <Age time={service.lastSeen} />
          {onOrder && (
            <button
              type="button"
              className="service-orders"
              aria-label={`Pause, drain or shut down ${service.service} on ${service.host}`}
              onClick={onOrder}
            >
              ⋯
            </button>
          )}
        </span>
      </div>
      <div className="service-line">
        <State state={state} />
        <span className="service-text soft" title={text}>
          {text}
        </span>
      </div>
      <Utilisation service={service} />
      <div className="service-line soft">
        <span className="clip" title={service.host}>
          {service.host}
        </span>
        <span className="service-end">
          {isOutdated(service.version, newest) && <span className="badge">outdated</span>} {service.version}
        </span>
      </div>
    </li>
  );
}

const idle = '2';

/** How the service's time was spent, as its last heartbeat says: what is not idle fills the bar. */
function Utilisation({ service }: { readonly service: ServiceView }): ReactElement {
  const parts = Object.entries(service.utilization).filter(([, fraction]) => fraction >= 0.005);
  const busy = service.lost ? 0 : parts.reduce((sum, [status, fraction]) => sum + (status === idle ? 0 : fraction), 0);
  const words = parts.map(([status, fraction]) => `${statusWord(status)} ${percent(fraction)}`).join(', ');
  return (
    <div className="utilisation" title={words}>
      <div className="utilisation-bar" aria-hidden="true">
        <div style={{ transform: `scaleX(${Math.min(1, busy)})` }} />
      </div>
      <span aria-hidden="true">{service.lost ? '–' : percent(busy)}</span>
      <span className="unseen">Utilisation: {service.lost ? 'not known' : words}</span>
    </div>
  );
}
