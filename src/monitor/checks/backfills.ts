import { plural } from '../../core/plural.ts';
import { stateBy, worstOf } from '../limits.ts';
import type { Facts, Finding } from './check.ts';
import { listed, span } from './words.ts';

/** Back-fills that nothing holds go on. */
export function backfills({ backfills: all, limits, now }: Facts): Finding {
  const check = 'back-fills';
  const slow = all
    .map((backfill) => ({ ...backfill, seconds: (now - backfill.since) / 1000 }))
    .map((backfill) => ({ ...backfill, state: stateBy(limits, 'stalledSeconds', backfill.seconds) }))
    .filter(({ state }) => state !== 'pass');
  const state = worstOf(slow.map((one) => one.state));
  if (state === 'pass') return { check, state, message: 'No back-fill is stalled.' };
  const told = slow.map(
    ({ id, seconds, waiting, underWay }) =>
      `${id} for ${span(seconds)}, with ${plural(underWay, 'run')} under way and ${plural(waiting, 'run')} waiting`,
  );
  const message = `Nothing holds them, and nothing of them starts or ends: ${listed(told)}.`;
  const advice =
    'Open it: runs that were announced and do not run need a dispatcher; runs that do not end, the services of their steps.';
  const [first] = slow;
  return { check, state, message, advice, see: slow.length === 1 && first ? `/reprocess/${first.id}` : '/reprocess' };
}
