import { alerts } from './checks/alerts.ts';
import { backfills } from './checks/backfills.ts';
import { broker } from './checks/broker.ts';
import { budgets } from './checks/budgets.ts';
import type { Check } from './checks/check.ts';
import { jobs } from './checks/jobs.ts';
import { ledger } from './checks/ledger.ts';
import { deadLetters, oldestMessage, queues } from './checks/queues.ts';
import { clocks, heldBack, paused, services, versions } from './checks/services.ts';
import { disk, diskSpeed } from './checks/stores.ts';

/** All checks, in the order in which they are shown. */
export const checks: readonly Check[] = [
  broker,
  ledger,
  queues,
  oldestMessage,
  services,
  jobs,
  heldBack,
  paused,
  deadLetters,
  budgets,
  backfills,
  disk,
  diskSpeed,
  clocks,
  versions,
  alerts,
];
