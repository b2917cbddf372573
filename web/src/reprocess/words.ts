import type { BackfillState, BackfillView, Hold, ItemState, Selection } from '../../../src/monitor/api.ts';
import { count } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';
import { moment } from '../words/time.ts';

const state = (word: string, shape: StateWord['shape'], tone: StateWord['tone']): StateWord => ({ word, shape, tone });

const backfillStates: Readonly<Record<BackfillState, StateWord>> = {
  running: state('running', 'dot', 'active'),
  paused: state('paused', 'clock', 'warn'),
  cancelled: state('cancelled', 'slash', 'quiet'),
  finished: state('finished', 'check', 'good'),
};

const held = state('held', 'clock', 'warn');

/** A back-fill that something holds is running only in its own eyes. */
export function stateOf(backfill: BackfillView): StateWord {
  return backfill.held === undefined ? backfillStates[backfill.state] : held;
}

export const itemStates: Readonly<Record<ItemState, StateWord>> = {
  waiting: state('waiting', 'ring', 'quiet'),
  announcing: state('being announced', 'clock', 'quiet'),
  announced: state('announced', 'clock', 'quiet'),
  running: state('running', 'dot', 'active'),
  finished: state('finished', 'check', 'good'),
  failed: state('failed', 'cross', 'bad'),
  cancelled: state('cancelled', 'slash', 'quiet'),
  refused: state('refused', 'cross', 'bad'),
  withdrawn: state('never started', 'slash', 'quiet'),
};

/** In the order in which a run passes through them. */
export const itemOrder: readonly ItemState[] = [
  ...(['finished', 'failed', 'refused', 'cancelled', 'running'] as const),
  ...(['announced', 'announcing', 'waiting', 'withdrawn'] as const),
];

/** Why nothing is started: `live data since 16:02:11 at i24`. */
export function holdWords(hold: Hold, now: number): string {
  const since = `since ${moment(hold.since, now)}`;
  switch (hold.why) {
    case 'live':
      return `live data ${since}${hold.beamlines.length === 0 ? '' : ` at ${hold.beamlines.join(', ')}`}`;
    case 'waiting':
      return `announcements wait in ${hold.queue} ${since}`;
    case 'deep':
      return `${count(hold.messages)} messages wait in ${hold.queue}, which is deep ${since}`;
    case 'broker':
      return `no connection to the broker ${since}`;
    case 'ledger':
      return `the ledger enters nothing ${since}`;
    case 'queues':
      return `the broker has not told of its queues ${since}`;
  }
}

/** When it goes on. */
export function releaseWords(hold: Hold, now: number): string {
  switch (hold.why) {
    case 'live':
      return `It goes on by itself when it has been quiet, at ${moment(hold.until, now)} at the earliest.`;
    case 'waiting':
      return 'It goes on by itself when they have been taken, and it has been quiet.';
    case 'deep':
      return 'It goes on by itself when the queue is shallow again.';
    default:
      return 'It goes on by itself when that is back.';
  }
}

/** What was selected, in words. */
export function selectionWords(selection: Selection, now: number): string {
  const { numbers, visit, beamline, collection, recipe, state: ended, lacks, from, to } = selection;
  const words = [
    numbers === undefined ? undefined : `runs ${numbers}`,
    visit,
    beamline,
    collection === undefined ? undefined : `collection ${collection}`,
    recipe === undefined ? undefined : `that followed ${recipe}`,
    ended,
    lacks === undefined ? undefined : `that never had ${lacks}`,
    from === undefined ? undefined : `from ${moment(from, now)}`,
    to === undefined ? undefined : `to ${moment(to, now)}`,
  ];
  return words.filter((word) => word !== undefined).join(', ');
}
