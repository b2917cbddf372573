import { join } from 'node:path';
import { MemoryStore } from 'express-rate-limit';
import { standardSessions, type Access } from '../access/access.ts';
import { systemClock, type Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { silent, type Log } from '../core/log.ts';
import type { UnauditedCancellation } from '../ledger/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { recipeSchema } from '../recipes/schema.ts';
import type { Reprocessing, Stalled } from '../reprocess/reprocessing.ts';
import type { Client } from '../stomp/client.ts';
import type { AnnouncingSite } from './announcing/announcing-site.ts';
import { createApp } from './app.ts';
import { Doorkeeper, type Rules } from './doorkeeper.ts';
import type { RequestLimit } from './guards.ts';
import { FailedSite, type LetterPlace } from './failed/failed-site.ts';
import { listen, type PemTexts } from './listen.ts';
import type { HealthOptions } from './health-options.ts';
import { Live } from './live.ts';
import { Catalogue } from './recipes/catalogue.ts';
import type { RecipeSite } from './recipes/recipe-site.ts';
import { standardShifts, type ShiftPlan } from './shift/shifts.ts';
import { snapshotOf, type Site } from './site.ts';
import { watchesOf, type Watches } from './watches.ts';

export interface MonitorOptions {
  /** 127.0.0.1 when absent: to be seen from elsewhere it has to be told so. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly ledger: Ledger;
  /** A connection that was started; the ledger's will do. */
  readonly client: Client;
  readonly version: string;
  readonly log?: Log;
  readonly clock?: Clock;
  /** The folder of the built page. */
  readonly webRoot?: string;
  /** Seconds between two looks into the broker's queues. */
  readonly queueInterval?: number;
  readonly health?: HealthOptions;
  /** How often one address may ask. */
  readonly limit?: RequestLimit;
  /** How many may listen on `/api/events` at the same time. */
  readonly streams?: number;
  /** How announcements are understood at the site; without it, nothing is announced here. */
  readonly announcing?: AnnouncingSite;
  /** The recipes of the site; without them, there are none to be looked at. */
  readonly recipes?: RecipeSite;
  /** What repeats runs in bulk; it was started, and is told here of the broker's queues. */
  readonly reprocessing?: Reprocessing;
  /** The JSON Schema of recipes that editors are given; without it, one that knows no services. */
  readonly recipeSchema?: JsonObject;
  /** Users, tokens and the audit. */
  readonly access: Access;
  /** Who may do what beside them; without any, who is on the host may do everything until there are users. */
  readonly rules?: Rules;
  /** Hours after which a session's cookie is forgotten. */
  readonly sessionHours?: number;
  /** Folders below which files that results name are given out; none when absent. */
  readonly files?: readonly string[];
  /** When shifts begin. */
  readonly shifts?: ShiftPlan;
  /** Where dead letters are read and moved, and put away. */
  readonly letters?: LetterPlace;
  /** PEM texts: then HTTPS, and nothing else. */
  readonly tls?: PemTexts | undefined;
}

/** A running monitor. */
export interface Monitor extends AsyncDisposable {
  readonly port: number;
  /** What to open in a browser. */
  readonly url: string;
  /** Resolves when nothing of it runs any more; the ledger and the client go on. May be called twice. */
  stop(): Promise<void>;
}

/** A page asks a few times a second at most; a hundred behind one address are let through. */
const defaultLimit: RequestLimit = { requests: 2_000, seconds: 10 };

/** Starts the status page and its interface. Throws `monitor.port-taken` or `monitor.address-refused`. */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const { client, ledger, log = silent, clock = systemClock, version, queueInterval = 2 } = options;
  const { host = '127.0.0.1', webRoot = join(import.meta.dirname, '../../dist/web'), limit = defaultLimit } = options;
  await using starting = new AsyncDisposableStack();

  const stalled = (): readonly Stalled[] => options.reprocessing?.stalled() ?? [];
  const watched = { ...options.health, stalled, client, ledger, clock, log, version, queueInterval };
  const watches = await watchesOf(watched, starting);
  const { heartbeats, jobs, queueWatch, healthWatch } = watches;
  const shown = {
    ...{ version, ledger, log, recipeSchema: options.recipeSchema ?? recipeSchema() },
    shiftPlan: options.shifts ?? standardShifts,
    health: () => healthWatch.health,
    services: () => heartbeats.services,
    queues: () => queueWatch.queues,
    jobs: () => jobs.totals,
    watches,
    ...(options.reprocessing ? { reprocessing: options.reprocessing } : {}),
    failed: new FailedSite({
      ...{ ledger, client, queueWatch, clock, log, place: options.letters ?? {} },
      tell: (failed) => live.publish({ type: 'failed', failed }),
    }),
  };
  const live = new Live({ snapshot: () => snapshotOf(shown, clock.now()), streams: options.streams ?? 500 });
  const { access, rules = {}, sessionHours = standardSessions.hours } = options;
  const doorkeeper = new Doorkeeper({ access, host, rules });
  const recipes = options.recipes && starting.use(new Catalogue(options.recipes, ledger.queries, shown));
  const site: Site = {
    ...shown,
    ...(recipes ? { recipes } : {}),
    ...(options.announcing ? { announcing: options.announcing } : {}),
    files: options.files ?? [],
    live,
    client,
    clock,
    access,
    doorkeeper,
    sessionHours,
  };
  for (const end of forward(site, watches)) starting.defer(end);

  starting.defer(() => shown.failed.stop());
  shown.failed.start();
  await watches.start();
  const requests = new MemoryStore();
  starting.defer(() => requests.shutdown());
  const app = createApp(site, { host, hasProxy: rules.proxy !== undefined, webRoot, limit, requests });
  const listening = await listen(app, { host, port: options.port, tls: options.tls });
  starting.defer(() => listening.close());
  starting.defer(() => live.stop());
  live.start();

  const running = starting.move();
  const stop = async (): Promise<void> => await running.disposeAsync();
  return {
    port: listening.port,
    url: `${options.tls ? 'https' : 'http'}://${nameOf(host)}:${String(listening.port)}/`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Tells all who listen of whatever happens; the functions returned end that. */
function forward(site: Site, { heartbeats, jobs, queueWatch, healthWatch }: Watches): (() => void)[] {
  const { live, ledger, reprocessing } = site;
  return [
    ledger.events.on('run', (run) => live.publish({ type: 'run', run })),
    ledger.events.on('result', (result) => live.publish({ type: 'result', ...result })),
    ledger.events.on('logged', (logged) => live.publish({ type: 'logs', ...logged })),
    ledger.events.on('announcements', (announcements) => live.publish({ type: 'announcements', announcements })),
    ledger.events.on('unauditedCancellation', (cancellation) => auditCancellation(site, cancellation)),
    heartbeats.events.on('service', (service) => live.publish({ type: 'service', service })),
    jobs.events.on('jobs', ({ totals }) => live.publish({ type: 'jobs', jobs: totals })),
    heartbeats.events.on('forgotten', () => live.refresh()),
    queueWatch.events.on('queues', ({ queues }) => live.publish({ type: 'queues', queues })),
    healthWatch.events.on('health', ({ health }) => live.publish({ type: 'health', health })),
    ...(reprocessing
      ? [
          queueWatch.events.on('queues', ({ queues }) => reprocessing.queues(queues)),
          reprocessing.events.on('backfill', (backfill) => live.publish({ type: 'backfill', backfill })),
        ]
      : []),
  ];
}

/** Who it was is what the message said: whoever may send to the ledger's queue may say so. */
function auditCancellation({ access, log }: Site, { run, user, reason, known }: UnauditedCancellation): void {
  const why = reason === undefined ? {} : { reason };
  try {
    access.audit.note(
      { who: user ?? 'unknown', way: 'broker', action: 'cancel', subject: run, ...why },
      known ? 'cancelled' : 'unknown',
    );
  } catch (error) {
    log.error({ run, user, reason: messageOf(error) }, 'a cancellation was not written into the audit');
  }
}

function nameOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
