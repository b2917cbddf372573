import type { AboutNames } from '../dispatcher/request.ts';
import { standardLogLimits } from '../ledger/logs/log-store.ts';

/** Which parameters of an announcement tell what it is about, where a site does not say. */
export const standardFields: AboutNames = {
  beamline: ['beamline', 'ispyb_beamline'],
  visit: ['visit', 'ispyb_visit'],
  collection: ['ispyb_dcid', 'dcid', 'collection'],
  runNumber: ['run_number', 'run'],
};

/** What is told and kept of what handlers log about runs, where a site does not say. */
export const standardRunLog = {
  level: 'info',
  linesPerRun: standardLogLimits.linesPerRun,
  megabytes: standardLogLimits.bytes / 1e6,
  days: standardLogLimits.days,
} as const;

/** What holds for health and alerts where a site does not say. A lost service is shown for a shift. */
export const standardAlerts = {
  forgetLostSeconds: 8 * 3600,
  minimum: 'warning',
  holdSeconds: 15,
  quietSeconds: 300,
} as const;

/** The service processes of a site that names none. Light services share a process; those that compute have their own. */
export const standardProcesses = {
  services: ['file-watch', 'xray-centring', 'record-result'],
  analysis: ['per-image-analysis'],
};

/** The process of a site that has programs and names no processes. */
export const commandProcess = { programs: ['command'] };
