import { InvalidArgumentError, Option, type Command } from 'commander';
import type { BackfillRequest, Pace } from '../monitor/api.ts';
import type { MonitorOptions } from './ask-monitor.ts';
import { positiveNumber, wholeNumber } from './options.ts';
import { objectIn, parametersFrom, withSet } from './parameters.ts';

/** The options that say which runs are to be repeated, and how. */
export interface WishOptions extends MonitorOptions {
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly recipe?: string;
  readonly state?: 'finished' | 'failed' | 'cancelled' | 'refused';
  readonly lacks?: string;
  readonly from?: number;
  readonly to?: number;
  readonly current?: boolean;
  readonly with?: string;
  readonly set: readonly string[];
  readonly parameters?: string;
  readonly rate?: number;
  readonly atOnce?: number;
}

/** Adds them to a command. */
export function withWish(command: Command): Command {
  return withSet(command)
    .option('--beamline <name>', 'only runs of this beamline')
    .option('--visit <name>', 'only runs of this visit')
    .option('--collection <id>', 'only runs of this collection')
    .option('--recipe <name>', 'only runs that followed this recipe')
    .addOption(
      new Option(
        '--state <state>',
        'only runs that ended so; refused: announcements of which no run came about',
      ).choices(['finished', 'failed', 'cancelled', 'refused']),
    )
    .option('--lacks <recipe>', 'only collections of which no run ever followed this recipe')
    .option('--from <time>', 'only runs announced then or later, as 2026-11-21 or 2026-11-21T16:00Z', time)
    .option('--to <time>', 'only runs announced before', time)
    .addOption(new Option('--current', 'with the recipes as they are now').conflicts('with'))
    .option('--with <recipe>', 'with this recipe in place of those that they had')
    .option(
      '--parameters <file>',
      'parameters that take the place of those of the runs, as a JSON file; - is standard input',
    )
    .option('--rate <runs>', 'runs started in a minute; without it, as the site has it', positiveNumber)
    .option('--at-once <runs>', 'runs under way at the same time; without it, as the site has it', wholeNumber);
}

/** What the monitor is asked for. */
export async function wishOf(
  numbers: string | undefined,
  options: WishOptions,
): Promise<Omit<BackfillRequest, 'pace'> & { readonly pace: Partial<Pace> }> {
  const { beamline, visit, collection, recipe, state, lacks, from, to, rate, atOnce, parameters: file } = options;
  const selection = { numbers, beamline, visit, collection, recipe, state, lacks, from, to };
  return {
    selection: present(selection),
    recipe:
      options.with === undefined
        ? { use: options.current === true ? 'current' : 'stored' }
        : { use: 'named', name: options.with },
    parameters: {
      ...(file === undefined ? {} : await objectIn(file, 'The parameters')),
      ...parametersFrom(options.set),
    },
    pace: present({ runsPerMinute: rate, atOnce }),
  };
}

type Present<Values> = { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function present<Values extends object>(values: Values): Present<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>;
}

function time(text: string): number {
  const found = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(found) && found >= 0) return found;
  throw new InvalidArgumentError('Expected a date or a time, as 2026-11-21 or 2026-11-21T16:00Z.');
}
