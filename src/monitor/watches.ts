import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Stalled } from '../reprocess/reprocessing.ts';
import type { Client } from '../stomp/client.ts';
import { Alerts } from './alerts.ts';
import { HealthWatch } from './health.ts';
import { NotesKeeper, readHealthNotes, type HealthNotes } from './health-notes.ts';
import type { HealthOptions } from './health-options.ts';
import { Heartbeats } from './heartbeats.ts';
import { JobWatch } from './jobs/job-watch.ts';
import { standardLimits } from './limits.ts';
import { QueueWatch } from './queues.ts';
import { Happenings } from './shift/happenings.ts';
import { StoreWatch } from './stores.ts';

interface WatchOptions extends HealthOptions {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Seconds between two looks into the broker's queues. */
  readonly queueInterval: number;
  /** Back-fills that nothing holds, and since when they have not moved. */
  readonly stalled?: () => readonly Stalled[];
}

/** All that watches the site. */
export interface Watches {
  readonly heartbeats: Heartbeats;
  readonly jobs: JobWatch;
  readonly queueWatch: QueueWatch;
  readonly stores: StoreWatch;
  readonly healthWatch: HealthWatch;
  readonly alerts: Alerts;
  /** Resolves when all have begun. */
  start(): Promise<void>;
}

/** Makes the watches; the stack ends them. What an earlier monitor knew is read from the ledger's folder. */
export async function watchesOf(options: WatchOptions, ending: AsyncDisposableStack): Promise<Watches> {
  const { client, ledger, clock, log, version, queueInterval, limits = standardLimits } = options;
  const { stores: folders = [{ name: 'ledger', folder: ledger.folder }], storeInterval = 10 } = options;
  const notes = await readHealthNotes(ledger.folder);
  const { forgetLost } = options;
  const lost = forgetLost === undefined ? {} : { forgetLost };
  const heartbeats = new Heartbeats(client, clock, { ...lost, known: notes.services });
  const jobs = new JobWatch(client, clock);
  const queueWatch = new QueueWatch({ client, clock, log, interval: queueInterval, known: notes.oldest });
  const stores = new StoreWatch(folders, clock, storeInterval);
  const { receivers = [], from = 'baton' } = options;
  const checks = (): HealthNotes['checks'] => healthWatch.health.checks;
  const alerts = new Alerts({ receivers, from, clock, log, checks, told: notes.told });
  const untold = () => alerts.untold;
  const { stalled = () => [] } = options;
  const sources = {
    client,
    ledger,
    heartbeats,
    jobs,
    queueWatch,
    stores,
    limits,
    untold,
    stalled,
    notes,
    clock,
    version,
  };
  const healthWatch = new HealthWatch(sources);
  const known = (): HealthNotes => ({
    ...healthWatch.knew,
    services: heartbeats.services,
    oldest: queueWatch.oldest.knew,
    told: alerts.told,
  });
  const { journal } = ledger.shifts;
  const happenings = new Happenings({ journal, clock, log, services: notes.services, checks: notes.checks });
  const unlisten = [
    heartbeats.events.on('service', (view) => happenings.service(view)),
    heartbeats.events.on('forgotten', () => happenings.forget(heartbeats.services)),
    healthWatch.events.on('health', ({ health }) => happenings.health(health)),
  ];
  const keeper = new NotesKeeper(ledger.folder, known, clock, log);
  ending.defer(() => {
    for (const end of unlisten) end();
    happenings.stop();
  });
  for (const each of [keeper, stores, heartbeats, jobs, queueWatch, healthWatch, alerts])
    ending.defer(() => each.stop());
  return {
    ...{ heartbeats, jobs, queueWatch, stores, healthWatch, alerts },
    start: async () => {
      await Promise.all([stores.start(), heartbeats.start(), jobs.start(), queueWatch.start()]);
      healthWatch.start();
      alerts.start();
      keeper.start();
    },
  };
}
