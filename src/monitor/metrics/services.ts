import { status } from '../../services/status.ts';
import type { ServiceView } from '../api.ts';
import { single, type Figure } from './figure.ts';

const names = new Map<number, string>(Object.entries(status).map(([name, code]) => [code, name]));
const idle = String(status.idle);

/** Who works. Instances are counted, not named: whoever is started again has another name, and series would pile up. */
export const serviceFigures: readonly Figure[] = [
  {
    name: 'baton_services',
    kind: 'gauge',
    help: 'Instances of each service, by what they do.',
    labels: {
      service: 'the services that send heartbeats',
      status: 'lost, none, teardown, new, starting, idle, timer, processing, shutdown, end, error, other',
    },
    read: (site) =>
      [...Map.groupBy(site.services(), wordsOf)].map(([words, all]) => {
        const [service, word] = JSON.parse(words) as [string, string];
        return [{ service, status: word }, all.length];
      }),
  },
  {
    name: 'baton_service_busy_ratio',
    kind: 'gauge',
    help: 'Fraction of their time that the instances of each service were not idle, over the last minute; 1 is always.',
    labels: { service: 'the services that send heartbeats' },
    read: (site) =>
      [
        ...Map.groupBy(
          site.services().filter(({ lost }) => !lost),
          ({ service }) => service,
        ),
      ].map(([service, all]) => [{ service }, all.reduce((sum, one) => sum + busy(one), 0) / all.length]),
  },
  single(
    'baton_service_lost',
    'Services whose heartbeats stopped without a goodbye.',
    (site) => site.services().filter(({ lost }) => lost).length,
  ),
  {
    name: 'baton_clock_ahead_seconds',
    kind: 'gauge',
    help: 'How far clocks are ahead of the monitor’s; below 0 for those behind.',
    labels: { host: 'the hosts of services, and broker' },
    read: ({ watches }) => [...watches.heartbeats.clocks].map(([host, ahead]) => [{ host }, ahead / 1000]),
  },
  single(
    'baton_malformed_heartbeats_total',
    'Messages on transient.status that were no heartbeats.',
    ({ watches }) => watches.heartbeats.malformed,
    'counter',
  ),
];

function wordsOf({ service, status: code, lost }: ServiceView): string {
  return JSON.stringify([service, lost ? 'lost' : (names.get(code) ?? 'other')]);
}

function busy({ utilization }: ServiceView): number {
  const parts = Object.entries(utilization).filter(([code]) => code !== idle);
  return Math.min(
    1,
    parts.reduce((sum, [, fraction]) => sum + fraction, 0),
  );
}
