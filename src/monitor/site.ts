import type { Access } from '../access/access.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Reprocessing } from '../reprocess/reprocessing.ts';
import type { Client } from '../stomp/client.ts';
import type { AnnouncingSite } from './announcing/announcing-site.ts';
import type { Health, JobTotals, LiveEvent, QueueView, ServiceView } from './api.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { FailedSite } from './failed/failed-site.ts';
import type { Live } from './live.ts';
import type { Catalogue } from './recipes/catalogue.ts';
import type { ShiftPlan } from './shift/shifts.ts';
import type { Watches } from './watches.ts';

/** What there is to show: everything that the routes answer from. */
export interface Site {
  readonly version: string;
  readonly ledger: Ledger;
  readonly live: Live;
  readonly log: Log;
  readonly access: Access;
  /** Finds out who asks. */
  readonly doorkeeper: Doorkeeper;
  /** For what is to be done, and not only shown. */
  readonly client: Client;
  readonly clock: Clock;
  /** How long one stays logged in at most. */
  readonly sessionHours: number;
  /** Folders below which files that results name are given out; absolute. */
  readonly files: readonly string[];
  /** Absent where the monitor was told of no recipe folder. */
  readonly recipes?: Catalogue;
  /** Absent where the monitor was told of no recipe folder. */
  readonly announcing?: AnnouncingSite;
  readonly failed: FailedSite;
  /** Absent where the monitor runs alone. */
  readonly reprocessing?: Reprocessing;
  /** For editors. */
  readonly recipeSchema: JsonObject;
  /** When shifts begin. */
  readonly shiftPlan: ShiftPlan;
  health(): Health;
  services(): readonly ServiceView[];
  queues(): readonly QueueView[];
  jobs(): JobTotals;
  /** What the figures are of. */
  readonly watches: Watches;
}

/** The part of it that a snapshot shows. */
type Shown = Pick<Site, 'failed' | 'ledger' | 'health' | 'services' | 'queues' | 'jobs'>;

/** Runs in a snapshot: what the overview shows, and a little more. */
const runsInSnapshot = 50;

/** Everything that the page shows at once, as it stands. */
export function snapshotOf(site: Shown, time: number): LiveEvent {
  return {
    type: 'snapshot',
    time,
    health: site.health(),
    services: site.services(),
    queues: site.queues(),
    jobs: site.jobs(),
    runs: site.ledger.queries.runs({ limit: runsInSnapshot }).items,
    announcements: site.ledger.queries.announcements(),
    failed: site.failed.counts,
  };
}
