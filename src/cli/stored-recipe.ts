import type { Command } from 'commander';
import type { RunRecipe } from '../monitor/api.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { notKept, usage } from './errors.ts';
import { runId } from './options.ts';

/** A recipe that a run was made from. */
export type StoredSource = NonNullable<RunRecipe['sources']>[number];
/** One that was kept as it was on disk. */
export type KeptSource = StoredSource & { readonly text: string };

/** Options of commands that look at the recipe of a run. */
export interface StoredOptions extends MonitorOptions {
  readonly run?: string;
}

/** Adds the options that name a run. */
export function withRun(command: Command): Command {
  return withMonitor(command.option('--run <id>', 'that of this run, as the ledger keeps it', runId), ', for --run');
}

/** What the ledger keeps of a run's recipe, asked of the monitor. Throws `cli.no-monitor` and `cli.monitor-refused`. */
export async function storedRecipe(run: string, options: StoredOptions): Promise<RunRecipe> {
  return await askMonitor<RunRecipe>(await monitorOf(options), `/api/runs/${encodeURIComponent(run)}/recipe`);
}

/** What the run was made from. Throws `cli.not-kept` when the ledger was not told. */
export function sourcesOf({ run, sources }: RunRecipe): readonly StoredSource[] {
  if (sources && sources.length > 0) return sources;
  throw notKept({
    run,
    what: sources ? 'it had nothing to run' : 'it was started by another dispatcher, or an earlier release',
  });
}

/** The same, all of it with its text. Throws `cli.not-kept` when one was too large. */
export function keptSources(stored: RunRecipe): readonly KeptSource[] {
  return sourcesOf(stored).map((source) => {
    const { name, bytes, text } = source;
    if (text !== undefined) return { ...source, text };
    throw notKept({ run: stored.run, what: `${name} is too large, with ${String(bytes)} bytes` });
  });
}

/** The one source, or the one of that name. */
export function sourceNamed<Source extends StoredSource>(name: string | undefined, sources: readonly Source[]): Source {
  const [first, ...others] = name === undefined ? sources : sources.filter((source) => source.name === name);
  if (first && (name !== undefined || others.length === 0)) return first;
  const names = sources.map((source) => source.name).join(', ');
  throw usage({
    problem:
      name === undefined
        ? `The run follows several recipes, ${names}: name one`
        : `The run does not follow the recipe ${name}, but ${names}`,
  });
}
