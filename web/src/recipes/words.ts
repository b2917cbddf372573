import type { Finding, RecipeEntry } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';
import { plural } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';

/** Where a recipe is shown. */
export function recipeAddress(name: string): string {
  return `/recipes/${encodeURIComponent(name)}`;
}

/** What the interface calls it. */
export function recipePath(name: string, inner = ''): string {
  return `/api/recipes/${encodeURIComponent(name)}${inner}`;
}

/** The runs of a recipe in the list of runs. */
export function runsAddress(name: string, state = ''): string {
  return addressOf('/runs', new URLSearchParams({ text: name, state }));
}

/** Of findings: their word, their shape. */
export const severityStates: Readonly<Record<Finding['severity'], StateWord>> = {
  error: { word: 'error', shape: 'cross', tone: 'bad' },
  warning: { word: 'warning', shape: 'triangle', tone: 'warn' },
  info: { word: 'note', shape: 'info', tone: 'quiet' },
};

/** What the linter says of a recipe, in a word: the worst, and how many of it. */
export function findingsState(findings: RecipeEntry['findings']): StateWord {
  const worst = (['error', 'warning', 'info'] as const).find((severity) => findings[severity] > 0);
  if (worst === undefined) return { word: 'none', shape: 'check', tone: 'good' };
  const state = severityStates[worst];
  return { ...state, word: plural(findings[worst], state.word) };
}

/** How many there are of each severity. */
export function countFindings(findings: readonly Finding[]): RecipeEntry['findings'] {
  const count = (severity: Finding['severity']): number => findings.filter((each) => each.severity === severity).length;
  return { error: count('error'), warning: count('warning'), info: count('info') };
}
