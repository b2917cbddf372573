import { memoryUsage, cpuUsage } from 'node:process';
import type { HealthState } from '../api.ts';
import type { StoreFigures } from '../stores.ts';
import { single, type Figure } from './figure.ts';

const states: Readonly<Record<HealthState, number>> = { pass: 0, notice: 1, warning: 2, error: 3 };

function store(name: string, help: string, read: (figures: StoreFigures) => number | undefined): Figure {
  return {
    name,
    kind: 'gauge',
    help,
    labels: { store: 'ledger, broker' },
    read: ({ watches }) =>
      watches.stores.figures.flatMap((figures) => {
        const value = read(figures);
        return value === undefined ? [] : [[{ store: figures.name }, value] as const];
      }),
  };
}

/** How the site and the monitor itself are. */
export const healthFigures: readonly Figure[] = [
  {
    name: 'baton_build_info',
    kind: 'gauge',
    help: 'Always 1; the label tells the version.',
    labels: { version: 'that of the monitor' },
    read: ({ version }) => [[{ version }, 1]],
  },
  {
    name: 'baton_health',
    kind: 'gauge',
    help: 'What each check found: 0 pass, 1 notice, 2 warning, 3 error.',
    labels: { check: 'the checks' },
    read: (site) => site.health().checks.map(({ check, state }) => [{ check }, states[state]]),
  },
  {
    name: 'baton_health_since_timestamp_seconds',
    kind: 'gauge',
    help: 'Since when each check has been in its state, in seconds since 1970.',
    labels: { check: 'the checks' },
    read: (site) => site.health().checks.map(({ check, since }) => [{ check }, since / 1000]),
  },
  {
    name: 'baton_alerts_total',
    kind: 'counter',
    help: 'Requests to receivers of alerts, by whether they were taken.',
    labels: { receiver: 'those of the configuration', outcome: 'sent, failed' },
    read: ({ watches }) =>
      watches.alerts.counts.flatMap(({ receiver, sent, failed }) => [
        [{ receiver, outcome: 'sent' }, sent] as const,
        [{ receiver, outcome: 'failed' }, failed] as const,
      ]),
  },
  store('baton_store_free_bytes', 'Room where each store is.', ({ free }) => free),
  store('baton_store_size_bytes', 'Size of the file system where each store is.', ({ total }) => total),
  store(
    'baton_store_commit_seconds',
    'How long a small write took until it was on disk, or has been under way.',
    ({ commitSeconds }) => commitSeconds,
  ),
  single('baton_broker_connected', '1 while the monitor is connected to the broker, else 0.', ({ client }) =>
    Number(client.isConnected),
  ),
  single(
    'baton_broker_answer_seconds',
    'How long the broker’s last answer took, or has been waited for.',
    ({ watches }) => watches.queueWatch.answerSeconds,
  ),
  {
    name: 'baton_broker_usage_ratio',
    kind: 'gauge',
    help: 'How much of its limits the broker uses, where it tells; 1 is all.',
    labels: { of: 'store, memory, temp' },
    read: ({ watches }) => [...watches.queueWatch.usage].map(([of, percent]) => [{ of }, percent / 100]),
  },
  single('baton_ledger_blocked', '1 while the ledger cannot write, else 0.', ({ ledger }) =>
    Number(ledger.trouble !== undefined),
  ),
  single('baton_event_listeners', 'Pages and programs that listen on /api/events.', ({ live }) => live.listeners),
  single('process_resident_memory_bytes', 'Memory of the monitor and the ledger.', () => memoryUsage.rss()),
  single(
    'process_cpu_seconds_total',
    'Processor time of the monitor and the ledger.',
    () => {
      const { user, system } = cpuUsage();
      return (user + system) / 1e6;
    },
    'counter',
  ),
  single(
    'process_start_time_seconds',
    'When the monitor was started, in seconds since 1970.',
    () => performance.timeOrigin / 1000,
  ),
];
