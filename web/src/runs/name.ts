import type { RunSummary } from '../../../src/monitor/api.ts';

/** What people call a run: its collection and number, else its recipes, else the beginning of its id. */
export function runName(run: RunSummary): string {
  const collection = [run.collection, run.runNumber].filter((part) => part !== undefined).join(' · ');
  return collection || run.recipes.join(' + ') || run.id.slice(0, 8);
}
