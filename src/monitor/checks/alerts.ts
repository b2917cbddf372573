import type { Facts, Finding } from './check.ts';
import { listed } from './words.ts';

/** Whoever is to be told when something is wrong can be. */
export function alerts({ untold }: Facts): Finding | undefined {
  const check = 'alerts';
  if (untold === undefined) return undefined;
  if (untold.length === 0) return { check, state: 'pass', message: 'All receivers of alerts can be told.' };
  const message = `Alerts do not reach ${listed(untold.map(({ receiver, reason }) => `${receiver} (${reason})`))}.`;
  const advice = 'Watch this page yourself; see whether the receiver runs and alerts in baton.yaml names it rightly.';
  return { check, state: 'warning', message, advice };
}
