import { plural } from '../core/plural.ts';
import type { Json } from '../core/json.ts';
import type { DifferenceInWords, RerunPreview, RerunRecipe, RerunStep } from '../monitor/api.ts';
import { colours } from './colours.ts';

/** What a rerun would start, as lines for people. */
export function previewLines(preview: RerunPreview): string[] {
  const { run, messages, steps, begins, recipes, changes, priority, notes } = preview;
  const starting = steps.filter((step) => step.messages > 0);
  const following = steps.filter((step) => step.follows && step.messages === 0);
  return [
    `A new run that repeats ${run} ${partOf(preview)} would begin with ${plural(messages, 'message')}, at priority ${String(priority)}:`,
    ...starting.map((step) => `  ${plural(step.messages, 'message')} to ${named(step)}`),
    ...(following.length > 0 ? [`  then ${following.map(named).join(', ')}`] : []),
    ...begins.slice(0, 10).map(({ step, payload }) => colours.dim(`  ─▶ step ${String(step)}  ${brief(payload)}`)),
    ...(messages > 10 ? [colours.dim(`  … and ${String(messages - 10)} more`)] : []),
    ...recipes.flatMap((recipe) => recipeLines(recipe, preview)),
    ...(changes.length === 0 ? ['parameters as they were'] : ['parameters']),
    ...changes.map(({ name, before, after }) => `  ${colours.yellow('~')} ${name}: ${brief(before)} → ${brief(after)}`),
    ...notes,
    'Nothing was started.',
  ];
}

function partOf({ wish: { part, step } }: RerunPreview): string {
  if (part === 'failed') return 'as far as it failed';
  return part === 'from' ? `from step ${String(step)} on` : 'whole';
}

function named({ step, service, queue }: RerunStep): string {
  return `step ${String(step)} (${service ?? queue ?? 'a topic'})`;
}

function recipeLines({ name, stored, current, differences, trouble }: RerunRecipe, { wish }: RerunPreview): string[] {
  const version = (wish.recipe === 'stored' ? stored : (current ?? stored)).slice(0, 10);
  const which = wish.recipe === 'stored' ? 'as the run had it' : 'as it is now';
  const others = differences ?? [];
  const told =
    trouble ?? (others.length === 0 ? 'It has not changed since.' : `It has changed since, from then to now:`);
  return [`recipe ${name} ${which}, version ${version}. ${told}`, ...others.slice(0, 50).map(differenceLine)];
}

function differenceLine({ kind, where, before, after }: DifferenceInWords): string {
  const mark = { added: '+', removed: '-', renumbered: ' ', changed: '~' }[kind];
  if (kind === 'renumbered') return `  ${mark} ${where} is now ${after ?? 'another'}`;
  return `  ${mark} ${where}: ${cut(before ?? 'nothing')} → ${cut(after ?? 'nothing')}`;
}

function brief(value: Json | undefined): string {
  return value === undefined ? 'nothing' : cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
