import { plural } from '../core/plural.ts';
import type {
  BackfillPreview,
  BackfillRequest,
  BackfillRun,
  BackfillView,
  Hold,
  ItemState,
  SourceRun,
} from '../monitor/api.ts';
import { colours } from './colours.ts';
import { table } from './table.ts';

/** What a back-fill would be, as lines for people. */
export function previewLines({ estimate, runs, leftOut, gaps, changedRecipes, pace }: BackfillPreview): string[] {
  return [
    ...(runs.length === 0
      ? []
      : table(['run', 'number', 'state', 'announced', 'beamline', 'visit', 'recipes'], runs.map(sourceRow))),
    ...(estimate.runs > runs.length ? [colours.dim(`… and ${String(estimate.runs - runs.length)} more`)] : []),
    ...leftOut.map(
      ({ reason, runs: number, such }) => `${plural(number, 'run')} left out (${such.join(', ')}): ${reason}`,
    ),
    ...(gaps === undefined ? [] : [`There is no run with the number ${gaps}.`]),
    ...(changedRecipes ?? []).map(
      ({ name, runs: number, example }) =>
        `The recipe ${name} has changed since ${plural(number, 'run')}; \`baton recipe diff --run ${example}\` shows how.`,
    ),
    `${plural(estimate.runs, 'run')}, ${plural(estimate.steps, 'step')}, ${plural(estimate.messages, 'message')}; ${
      estimate.secondsEach === undefined ? 'how long one takes is not known' : `some ${span(estimate.secondsEach)} each`
    }, ${span(estimate.seconds)} in all at ${String(pace.runsPerMinute)} a minute and ${String(pace.atOnce)} at once, while nothing holds them.`,
  ];
}

/** Back-fills as a table. */
export function listLines(backfills: readonly BackfillView[]): string[] {
  if (backfills.length === 0) return ['No back-fills.'];
  const header = ['back-fill', 'state', 'created', 'by', 'runs', 'finished', 'failed', 'refused', 'left', 'what'];
  return table(
    header,
    backfills.map((backfill) => [
      backfill.id,
      stateOf(backfill),
      moment(backfill.created),
      backfill.creator,
      String(backfill.estimate.runs),
      ...[backfill.counts.finished, backfill.counts.failed, backfill.counts.refused, leftOf(backfill)].map(String),
      selectionWords(backfill),
    ]),
  );
}

/** All about one. */
export function detailLines(backfill: BackfillView, runs: readonly BackfillRun[]): string[] {
  const { id, creator, created, reason, recipe, parameters, pace, counts, changed, secondsLeft } = backfill;
  const shown = Object.entries(counts).filter(([, number]) => number > 0);
  return [
    `back-fill ${id}: ${stateOf(backfill)}`,
    `created ${moment(created)} by ${creator}: ${reason}`,
    `runs ${selectionWords(backfill)}; recipes ${recipe.use === 'named' ? recipe.name : recipe.use}; parameters ${JSON.stringify(parameters)}`,
    `${String(pace.runsPerMinute)} a minute, ${String(pace.atOnce)} at once`,
    ...(changed ? [`last word ${moment(changed.time)} by ${changed.by}: ${changed.why}`] : []),
    shown.map(([state, number]) => `${String(number)} ${state}`).join(', '),
    ...(secondsLeft === undefined ? [] : [`some ${span(secondsLeft)} to go, while nothing holds it`]),
    '',
    ...table(
      ['', 'repeats', 'number', 'state', 'run', ''],
      runs.map(({ n, source, number, state, run, reason: why }) => [
        ...[String(n), source, number ?? '', coloured(state), state === 'waiting' ? '' : run],
        why ?? '',
      ]),
    ),
  ];
}

/** `running (held: live data since 16:02:11 at i24)`. */
export function stateOf({ state, held }: BackfillView): string {
  const word = { running: colours.cyan, paused: colours.yellow, cancelled: colours.yellow, finished: colours.green }[
    state
  ](state);
  return held ? `${word} (held: ${holdWords(held)})` : word;
}

function holdWords(held: Hold): string {
  const since = `since ${new Date(held.since).toLocaleTimeString('en-GB')}`;
  switch (held.why) {
    case 'live':
      return `live data ${since}${held.beamlines.length === 0 ? '' : ` at ${held.beamlines.join(', ')}`}`;
    case 'waiting':
      return `announcements wait in ${held.queue} ${since}`;
    case 'deep':
      return `${String(held.messages)} messages wait in ${held.queue}, deep ${since}`;
    case 'broker':
      return `no connection to the broker ${since}`;
    case 'ledger':
      return `the ledger enters nothing ${since}`;
    case 'queues':
      return `the broker has not told of its queues ${since}`;
  }
}

function selectionWords({ selection }: BackfillRequest): string {
  const times = new Set(['from', 'to']);
  const words = Object.entries(selection).map(([name, value]) =>
    name === 'numbers' ? String(value) : `${name} ${times.has(name) ? moment(Number(value)) : String(value)}`,
  );
  return words.join(', ') || 'all';
}

function sourceRow({ run, number, state, announced, beamline, visit, recipes }: SourceRun): string[] {
  return [run, number ?? '', state, moment(announced), beamline ?? '', visit ?? '', recipes.join(' ')];
}

function leftOf({ counts: { waiting, announcing, announced, running } }: BackfillView): number {
  return waiting + announcing + announced + running;
}

function coloured(state: ItemState): string {
  if (state === 'finished') return colours.green(state);
  if (state === 'failed' || state === 'refused') return colours.red(state);
  return state === 'running' ? colours.cyan(state) : state;
}

function moment(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 19);
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
