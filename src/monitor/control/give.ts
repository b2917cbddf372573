import { names } from '../../services/names.ts';
import type { OrderState, OrderTarget, OrderView, ServiceOrder } from '../api.ts';
import type { Site } from '../site.ts';
import { nobodyMeant, notPaused } from './errors.ts';
import { onMachine, pausesMeant, stateOf, targetsOf, wordsOf, type Meant } from './orders.ts';

export interface Order extends Meant {
  readonly order: ServiceOrder;
  readonly who: string;
  readonly reason: string;
}

/** Whoever lives tells within a second that it obeys; ms. */
const patience = 8_000;

/** Whom the order would reach now. Throws `control.nobody-meant` and `control.not-paused`. */
export function targetsNow(site: Site, order: ServiceOrder, meant: Meant): readonly OrderTarget[] {
  const services = site.services();
  if (order === 'resume') {
    const { all } = site.ledger.shifts.pauses;
    const those = pausesMeant(meant, all);
    if (those.length === 0) throw notPaused({ who: wordsOf(meant), paused: all.map(wordsOf) });
    const targets = those.flatMap((pause) => targetsOf(order, pause, services)).filter(({ obeys }) => obeys);
    return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
  }
  const wanted = order === 'pause' ? onMachine(meant, services) : meant;
  const targets = targetsOf(order, wanted, services);
  // One that starts later obeys a pause, too.
  if (targets.length === 0 && order !== 'pause') throw nobodyMeant({ who: wordsOf(meant) });
  return targets;
}

/** Gives the order, and resolves when all have told what they do, or had the time to. Throws as `targetsNow` does. */
export async function give(site: Site, order: Order): Promise<OrderView> {
  const targets = targetsNow(site, order.order, order);
  await tell(site, order, targets);
  return { order: order.order, targets: await answersOf(site, order.order, targets) };
}

async function tell(
  site: Site,
  { order, service, host, who, reason }: Order,
  targets: readonly OrderTarget[],
): Promise<void> {
  const { ledger, client, clock } = site;
  if (order === 'pause') {
    ledger.shifts.pauses.add({ ...onMachine({ service, host }, site.services()), since: clock.now(), who, reason });
  } else if (order === 'resume') {
    ledger.shifts.pauses.remove(pausesMeant({ service, host }, ledger.shifts.pauses.all));
  } else {
    const meant = targets.filter(({ obeys }) => obeys);
    const commands =
      order === 'drain'
        ? meant.map((each) => ({ command: 'drain', host: each.host, service: each.serviceClass, who, reason }))
        : [...new Set(meant.map((each) => each.host))].map((each) => ({ command: 'shutdown', host: each }));
    const destination = client.topic(names.command);
    for (const command of commands) await client.send({ destination, body: JSON.stringify(command) });
  }
}

async function answersOf(
  { watches: { heartbeats } }: Site,
  order: ServiceOrder,
  targets: readonly OrderTarget[],
): Promise<readonly OrderState[]> {
  const now = (): readonly OrderState[] =>
    targets.map((target) => ({ ...target, state: stateOf(order, target, heartbeats.services) }));
  const isAnswered = (): boolean => now().every(({ state }) => state !== 'silent');
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => void (isAnswered() && resolve());
  const timer = setTimeout(resolve, patience);
  const ends = [heartbeats.events.on('service', look), heartbeats.events.on('forgotten', look)];
  look();
  await promise;
  clearTimeout(timer);
  for (const end of ends) end();
  return now();
}

/** What came of it, for the audit: `2 paused, 1 silent`. */
export function outcomeOf({ targets }: OrderView): string {
  const groups = Map.groupBy(targets, ({ state }) => state);
  return (
    [...groups].map(([state, those]) => `${String(those.length)} ${state}`).join(', ') || 'nobody lives that is meant'
  );
}
