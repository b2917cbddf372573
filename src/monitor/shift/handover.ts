import type { JournalEntry } from '../../ledger/shift/journal.ts';
import type { HandoverView, HealthHappening, ServiceHappening } from '../api.ts';
import { names } from '../../services/names.ts';
import type { Site } from '../site.ts';
import { shiftsUntil, type Shift } from './shifts.ts';

/** Shifts that can be chosen: those of a fortnight. */
const shiftsShown = 42;
/** Of each list. What comes beyond is counted. */
const atMost = 100;

/** What a shift hands over: its accounts, what changed, and what was remarked. The audit is for operators. */
export function handoverOf(site: Site, asked: Partial<Shift>, isOperator: boolean): HandoverView {
  const now = site.clock.now();
  const shifts = shiftsUntil(now, site.shiftPlan, shiftsShown);
  const [current] = shifts;
  const from = asked.from ?? current?.from ?? now;
  const to = asked.to ?? shifts.find((shift) => shift.from === from)?.to ?? now;
  const { ledger } = site;
  const { announcements, runs, ...account } = ledger.shifts.account(from, to);
  const waiting = to > now ? waitingIn(site) : 0;
  const accepted = runs.finished + runs.running + runs.failed + runs.addressed + runs.cancelled;
  const told = announcements.accepted + announcements.refused + announcements.duplicate;
  const { journal, remarks } = ledger.shifts;
  return {
    ...{ from, to, now, timeZone: site.shiftPlan.timeZone, shifts },
    announcements: { ...announcements, waiting, balances: announcements.announced === told },
    runs: { ...runs, balances: announcements.accepted === accepted },
    ...account,
    services: journal
      .between('service', from, to, atMost + 1)
      .map(serviceOf)
      .slice(0, atMost),
    health: journal
      .between('health', from, to, atMost + 1)
      .map(healthOf)
      .slice(0, atMost),
    ...(isOperator ? { audit: site.access.audit.between(from, to, atMost) } : {}),
    backfills: backfillsOf(site, from, to),
    remarks: remarks.between(from, to, atMost),
  };
}

/** Announcements that nobody has looked at yet. */
function waitingIn(site: Site): number {
  const queues: readonly string[] = names.announcements;
  return site
    .queues()
    .filter(({ name }) => queues.includes(name))
    .reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
}

function serviceOf({ time, subject, told }: JournalEntry): ServiceHappening {
  const { what, version, before } = told;
  return {
    ...{ time, service: subject, what: what as ServiceHappening['what'] },
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof before === 'string' ? { before } : {}),
  };
}

function healthOf({ time, subject, told }: JournalEntry): HealthHappening {
  const { state, before, message } = told as unknown as Pick<HealthHappening, 'state' | 'before' | 'message'>;
  return { time, check: subject, state, before, message };
}

/** Those that were created, or ended, or go on in this time; of the latest. */
function backfillsOf({ reprocessing }: Site, from: number, to: number): HandoverView['backfills'] {
  const items = reprocessing?.page({ limit: atMost }).items ?? [];
  return items
    .filter(({ created, ended = Infinity }) => created < to && ended >= from)
    .map(({ id, state, created, creator, reason, counts }) => ({ id, state, created, creator, reason, counts }));
}
