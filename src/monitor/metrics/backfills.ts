import type { Site } from '../site.ts';
import { single, type Figure, type Value } from './figure.ts';

/** Runs that are repeated in bulk. */
export const backfillFigures: readonly Figure[] = [
  {
    name: 'baton_backfills',
    kind: 'gauge',
    help: 'Back-fills by state.',
    labels: { state: 'running, paused, cancelled, finished' },
    read: ({ reprocessing }) => [...(reprocessing?.states() ?? [])].map(([state, number]) => [{ state }, number]),
  },
  {
    name: 'baton_backfill_runs',
    kind: 'gauge',
    help: 'Runs of the back-fills that have not ended, by what became of them.',
    labels: {
      state: 'waiting, announcing, announced, running, finished, failed, cancelled, refused, withdrawn',
    },
    read: runsByState,
  },
  single(
    'baton_backfills_held',
    'Back-fills that wait for live work to end, for queues to empty, or for the broker.',
    ({ reprocessing }) => reprocessing?.open().filter(({ held }) => held !== undefined).length,
  ),
];

function runsByState({ reprocessing }: Site): readonly Value[] {
  const sums = new Map<string, number>();
  for (const { counts } of reprocessing?.open() ?? [])
    for (const [state, number] of Object.entries(counts)) sums.set(state, (sums.get(state) ?? 0) + number);
  return [...sums].map(([state, number]) => [{ state }, number]);
}
