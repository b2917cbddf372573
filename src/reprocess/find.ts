import { setImmediate } from 'node:timers/promises';
import { digest, type JsonObject } from '../core/json.ts';
import type { MadeFrom, PastRun, PastRuns } from '../ledger/past-runs.ts';
import { names } from '../services/names.ts';
import { tooMany } from './errors.ts';
import { isWithin, numberOf, parseNumbers, printNumbers, without, type Ranges } from './numbers.ts';
import type { LeftOut, RecipeChoice, Selection, SourceRun } from './views.ts';

/** More runs are not one back-fill: their list is kept in memory once, while it is made. */
const runsAtMost = 100_000;
/** Looked at more closely in one go; then others have their turn. */
const atOnce = 500;

/** A run that is to be repeated, with what it was made from. */
export interface Source extends SourceRun {
  readonly messages: number;
  readonly steps: number;
  /** Seconds from its announcement to its end. */
  readonly seconds?: number;
  readonly sources: NonNullable<MadeFrom['sources']>;
  /** Of an announcement that was refused: the ledger keeps it under no run. */
  readonly parameters?: JsonObject;
}

/** What a selection finds. */
export interface Found {
  /** In the order in which they were announced. */
  readonly sources: readonly Source[];
  readonly leftOut: readonly LeftOut[];
  readonly gaps?: string;
  readonly digest: string;
}

/** What an announcement is about, as this site finds it in the parameters. */
export type AboutOf = (parameters: JsonObject) => {
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly runNumber?: string;
};

/**
 * Finds the runs of a selection. Every run of its scope is looked at, a part at a time. Throws `reprocess.bad-numbers` and
 * `reprocess.too-many`.
 */
export async function find(
  past: PastRuns,
  selection: Selection,
  choice: RecipeChoice,
  aboutOf: AboutOf,
): Promise<Found> {
  const ranges = selection.numbers === undefined ? undefined : parseNumbers(selection.numbers);
  const gathering = new Gathering(selection, ranges, choice);
  for await (const runs of past.runs(selection)) for (const run of runs) gathering.add(run);
  if (selection.state === 'refused') {
    for await (const announcements of past.refused(names.reruns))
      for (const { run, received, parameters } of announcements)
        gathering.addRefused({ id: run, announced: received, parameters, ...aboutOf(parameters) });
  }
  let left = atOnce;
  for (const run of gathering.wanted()) {
    gathering.take(run, run.state === 'refused' ? { steps: 0 } : past.madeFrom(run));
    left -= 1;
    if (left > 0) continue;
    await setImmediate();
    left = atOnce;
  }
  return gathering.found();
}

/** A run that was selected; or an announcement that never became one, which has no row among them. */
type Wanted = Omit<PastRun, 'state'> & Pick<Source, 'state' | 'parameters'>;

type About = Pick<Wanted, 'id' | 'announced' | 'beamline' | 'visit' | 'collection' | 'runNumber'>;

class Gathering {
  readonly #selection: Selection;
  readonly #ranges: Ranges | undefined;
  readonly #choice: RecipeChoice;
  readonly #wanted: Wanted[] = [];
  readonly #sources: Source[] = [];
  readonly #numbers = new Set<number>();
  readonly #leftOut = new Map<string, string[]>();
  /** Announced again it may have been refused again. */
  readonly #refused = new Set<string>();
  /** By collection: the latest run, and whether any of them had the recipe that is looked for. */
  readonly #lacking = new Map<string, PastRun | 'has it'>();

  constructor(selection: Selection, ranges: Ranges | undefined, choice: RecipeChoice) {
    this.#selection = selection;
    this.#ranges = ranges;
    this.#choice = choice;
  }

  add(run: PastRun): void {
    const number = numberOf(run.runNumber);
    if (number !== undefined) this.#numbers.add(number);
    const { lacks } = this.#selection;
    if (lacks === undefined) return this.#consider(run);
    const collection = JSON.stringify([
      run.beamline,
      run.visit,
      run.runNumber ?? run.collection ?? run.rerunOf ?? run.id,
    ]);
    if (run.recipes.includes(lacks)) this.#lacking.set(collection, 'has it');
    else if (run.rerunOf === undefined && this.#lacking.get(collection) !== 'has it')
      this.#lacking.set(collection, run);
  }

  /** It never was a run: what it was about is in its parameters only. */
  addRefused(announcement: About & { readonly parameters: JsonObject }): void {
    const { beamline, visit, collection } = this.#selection;
    const isInScope =
      (beamline ?? announcement.beamline) === announcement.beamline &&
      (visit ?? announcement.visit) === announcement.visit &&
      (collection ?? announcement.collection) === announcement.collection;
    if (!isInScope || !this.#fits(announcement) || this.#refused.has(announcement.id)) return;
    this.#refused.add(announcement.id);
    this.#want({ ...announcement, seq: 0, state: 'refused', recipes: [], messages: 0 });
  }

  /** The runs that fit, once all have been gone through. */
  wanted(): readonly Wanted[] {
    for (const run of this.#lacking.values()) if (run !== 'has it') this.#consider(run);
    return this.#wanted;
  }

  found(): Found {
    const gaps = this.#gaps();
    this.#sources.sort(
      (a, b) =>
        a.announced - b.announced || (numberOf(a.number) ?? 0) - (numberOf(b.number) ?? 0) || (a.run < b.run ? -1 : 1),
    );
    return {
      sources: this.#sources,
      leftOut: [...this.#leftOut].map(([reason, those]) => ({ reason, runs: those.length, such: those.slice(0, 5) })),
      ...(gaps === undefined ? {} : { gaps }),
      digest: digest(JSON.stringify(this.#sources.map(({ run }) => run))),
    };
  }

  #consider(run: PastRun): void {
    const { state, recipe } = this.#selection;
    if (run.rerunOf !== undefined || !this.#fits(run)) return;
    if (recipe !== undefined && !run.recipes.includes(recipe)) return;
    if (run.state === 'running') return state === undefined ? this.#leave('It is running still.', run.id) : undefined;
    if (state !== undefined && state !== run.state) return;
    this.#want({ ...run, state: run.state });
  }

  #fits({ runNumber, announced }: Pick<PastRun, 'runNumber' | 'announced'>): boolean {
    const { from = -Infinity, to = Infinity } = this.#selection;
    if (announced < from || announced >= to) return false;
    const number = numberOf(runNumber);
    return this.#ranges === undefined || (number !== undefined && isWithin(this.#ranges, number));
  }

  #want(run: Wanted): void {
    if (this.#wanted.length === runsAtMost) throw tooMany({ limit: runsAtMost });
    this.#wanted.push(run);
  }

  /** Takes one of the wanted, or leaves it out with the reason. */
  take(run: Wanted, made: MadeFrom): void {
    const problem = this.#problemOf(made);
    if (problem !== undefined) return this.#leave(problem, run.id);
    const { steps, sources = [] } = made;
    const { id, state, announced, ended, recipes, messages } = run;
    const { beamline, visit, collection, runNumber, parameters } = run;
    this.#sources.push({
      ...{ run: id, state, announced, recipes, messages, steps, sources },
      ...(ended === undefined ? {} : { seconds: (ended - announced) / 1000 }),
      ...(beamline === undefined ? {} : { beamline }),
      ...(visit === undefined ? {} : { visit }),
      ...(collection === undefined ? {} : { collection }),
      ...(runNumber === undefined ? {} : { number: runNumber }),
      ...(parameters === undefined ? {} : { parameters }),
    });
  }

  /** Why its recipes cannot be had. */
  #problemOf({ sources }: MadeFrom): string | undefined {
    if (this.#choice.use === 'named') return undefined;
    if (sources === undefined) return 'Nothing is kept of its recipes; another recipe may be named for it.';
    if (sources.length === 0) return 'It had nothing to run; another recipe may be named for it.';
    if (this.#choice.use === 'current')
      return sources.some(({ name }) => name === 'custom_recipe')
        ? 'Its recipe came with its announcement: there is none of today.'
        : undefined;
    return sources.every(({ isKept }) => isKept) ? undefined : 'Its recipe was too large to be kept.';
  }

  #leave(reason: string, run: string): void {
    const those = this.#leftOut.get(reason);
    if (those) those.push(run);
    else this.#leftOut.set(reason, [run]);
  }

  /** Numbers mean something within a visit or a beamline only. */
  #gaps(): string | undefined {
    const { beamline, visit } = this.#selection;
    if (beamline === undefined && visit === undefined && this.#ranges === undefined) return undefined;
    const numbers = [...this.#numbers];
    const [first, last] = [
      numbers.reduce((a, b) => Math.min(a, b), Infinity),
      numbers.reduce((a, b) => Math.max(a, b), -Infinity),
    ];
    const asked = this.#ranges ?? (numbers.length === 0 ? [] : [[first, last] as const]);
    return printNumbers(without(asked, numbers));
  }
}
