import { amount } from '../amount.ts';
import type { AwaitedJob, Place } from '../backend.ts';
import { fits } from '../fits.ts';

/** Why a job in Redis has not begun, in a sentence; the workers are undefined where Redis does not answer. */
export function whyWaiting({ label, resources }: AwaitedJob, workers: readonly Place[] | undefined): string {
  if (!workers) return 'Redis does not answer.';
  const taking = workers.filter(({ isDraining }) => !isDraining);
  if (workers.length === 0) return 'There is no worker.';
  if (taking.length === 0) return 'All workers are ending.';
  const ofKind = label === undefined ? taking : taking.filter(({ labels }) => labels.includes(label));
  if (ofKind.length === 0) return `No worker has the label ${label ?? ''}.`;
  const large = ofKind.filter(({ capacity }) => fits(resources, capacity));
  if (large.length === 0) return `No worker is large enough: it takes ${amount(resources)}.`;
  return 'The workers are full, or others are before it.';
}
