import { anyone, isMeant, machineOf, type Pause } from '../../services/pause.ts';
import { status } from '../../services/status.ts';
import type { OrderState, OrderTarget, ServiceOrder, ServiceView } from '../api.ts';

/** Whom an order means; `*` stands for all. */
export interface Meant {
  /** The class of the services. */
  readonly service: string;
  /** A machine, or a process on one (`host.pid`). */
  readonly host: string;
}

/** `xray-centring on mx-1`, in words. */
export function wordsOf({ service, host }: Meant): string {
  return `${service === anyone ? 'all services' : service} on ${host === anyone ? 'all hosts' : host}`;
}

/** As a pause is kept: processes come and go, the machine stays. */
export function onMachine({ service, host }: Meant, services: readonly ServiceView[]): Meant {
  return { service, host: services.some((one) => one.host === host) ? machineOf(host) : host };
}

/** Whom the order would reach of those that live, and whether they know it. */
export function targetsOf(order: ServiceOrder, meant: Meant, services: readonly ServiceView[]): readonly OrderTarget[] {
  const living = services.filter((one) => !one.lost && !hasEnded(one));
  const those = living.filter((one) => isMeant(meant, one));
  if (order !== 'shutdown') return those.map((one) => targetOf(order, one));
  // Zocalo's command ends whole processes.
  const processes = new Set(those.map(({ host }) => host));
  return living
    .filter(({ host }) => processes.has(host))
    .map((one) => ({ ...targetOf(order, one), ...(those.includes(one) ? {} : { note: 'ends with its process' }) }));
}

function targetOf(order: ServiceOrder, view: ServiceView): OrderTarget {
  const { host, service, serviceClass } = view;
  const obeys = knows(order, view);
  return { host, service, serviceClass, obeys, ...(obeys ? {} : { note: noteOf(order, view) }) };
}

/** Services of Baton's say what they can be told; others, as Zocalo's, know one command. */
function knows(order: ServiceOrder, { controls, serviceClass }: ServiceView): boolean {
  const known = order === 'resume' ? 'pause' : order;
  return controls ? controls.includes(known) : order === 'shutdown' && serviceClass !== '';
}

function noteOf(order: ServiceOrder, { version, serviceClass }: ServiceView): string {
  if (serviceClass === '') return 'a job, and no service: it takes no orders';
  return version === undefined
    ? 'not a service of Baton’s: it knows only shutdown'
    : `of version ${version}, which does not know ${order}`;
}

/** What has become of the order at one that was to obey. */
export function stateOf(
  order: ServiceOrder,
  target: OrderTarget,
  services: readonly ServiceView[],
): OrderState['state'] {
  if (!target.obeys) return 'cannot';
  const view = services.find(
    ({ host, service, serviceClass }) =>
      host === target.host && service === target.service && serviceClass === target.serviceClass,
  );
  if (order === 'pause' || order === 'resume') return pauseState(order, view);
  if (!view || hasEnded(view)) return 'ended';
  return view.status === status.shutdown && !view.lost ? 'ending' : 'silent';
}

function pauseState(order: 'pause' | 'resume', view: ServiceView | undefined): OrderState['state'] {
  if (!view || view.lost || hasEnded(view)) return 'silent';
  if (order === 'resume') return view.paused ? 'silent' : 'resumed';
  if (!view.paused) return 'silent';
  return view.status === status.processing ? 'pausing' : 'paused';
}

/** The pauses that are meant: all of this service, whatever their host, where that is `*`. */
export function pausesMeant({ service, host }: Meant, pauses: readonly Pause[]): readonly Pause[] {
  return pauses.filter(
    (pause) =>
      (service === anyone || service === pause.service) &&
      (host === anyone || machineOf(host) === pause.host || host === pause.host),
  );
}

function hasEnded({ status: code }: ServiceView): boolean {
  return code === status.end || code === status.teardown;
}
