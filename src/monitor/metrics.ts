import { Counter, Gauge, Registry } from 'prom-client';
import type { Total } from '../ledger/tables/totals.ts';
import type { HealthState } from './api.ts';
import type { Site } from './site.ts';

const healthValues: Readonly<Record<HealthState, number>> = { pass: 0, notice: 1, warning: 2, error: 3 };

/** The figures at `/metrics`, read anew each time they are asked for. */
export function createMetrics(site: Site): Registry {
  const registry = new Registry();
  const registers = [registry];

  new Gauge({
    name: 'baton_build_info',
    help: 'Always 1; the label tells the version.',
    labelNames: ['version'],
    registers,
    collect() {
      this.set({ version: site.version }, 1);
    },
  });
  new Gauge({
    name: 'baton_health',
    help: 'What each check found: 0 pass, 1 notice, 2 warning, 3 error.',
    labelNames: ['check'],
    registers,
    collect() {
      for (const { check, state } of site.health().checks) this.set({ check }, healthValues[state]);
    },
  });
  new Gauge({
    name: 'baton_service_status',
    help: "Status code of each service's last heartbeat: 2 idle, 4 processing, 7 error.",
    labelNames: ['service', 'serviceclass', 'host'],
    registers,
    collect() {
      this.reset();
      for (const { service, serviceClass, host, status } of site.services()) {
        this.set({ service, serviceclass: serviceClass, host }, status);
      }
    },
  });
  new Gauge({
    name: 'baton_service_lost',
    help: 'Services whose heartbeats stopped without a goodbye.',
    registers,
    collect() {
      this.set(site.services().filter(({ lost }) => lost).length);
    },
  });
  new Gauge({
    name: 'baton_queue_messages',
    help: 'Messages in each queue: waiting, or sent to a consumer and not acknowledged.',
    labelNames: ['queue', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { name: queue, waiting, inFlight } of site.queues()) {
        this.set({ queue, state: 'waiting' }, waiting);
        this.set({ queue, state: 'in-flight' }, inFlight);
      }
    },
  });
  new Gauge({
    name: 'baton_queue_consumers',
    help: 'Consumers of each queue.',
    labelNames: ['queue'],
    registers,
    collect() {
      this.reset();
      for (const { name: queue, consumers } of site.queues()) this.set({ queue }, consumers);
    },
  });
  new Gauge({
    name: 'baton_runs',
    help: 'Runs by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of totalsOf(site, 'runs')) this.set({ state }, count);
    },
  });
  new Counter({
    name: 'baton_steps_over_budget_total',
    help: 'Steps of runs that had not finished when their budget was over.',
    registers,
    collect() {
      this.reset();
      this.inc(site.ledger.queries.totals().get('budgets.over') ?? 0);
    },
  });
  for (const [kind, help] of counted) {
    new Counter({
      name: `baton_${kind}_total`,
      help,
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, count] of totalsOf(site, kind)) this.inc({ outcome }, count);
      },
    });
  }
  new Gauge({
    name: 'baton_event_listeners',
    help: 'Pages and programs that listen on /api/events.',
    registers,
    collect() {
      this.set(site.live.listeners);
    },
  });
  return registry;
}

const counted = [
  ['deliveries', 'Deliveries of messages to steps, by outcome.'],
  ['announcements', 'Announcements, by what became of them.'],
  ['replies', 'Answers to announcers, by whether they could be given.'],
] as const;

function totalsOf(site: Site, kind: 'runs' | (typeof counted)[number][0]): [name: string, count: number][] {
  const prefix = `${kind}.`;
  const totals: [Total, number][] = [...site.ledger.queries.totals()];
  return totals.flatMap(([name, count]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), count]] : []));
}
