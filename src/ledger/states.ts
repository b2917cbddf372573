import type { RunState, StepView } from './views.ts';
import type { StepOutcome } from '../services/record.ts';

/** The numbers of a step that people are shown. */
export const shownTallies = [
  'sent',
  'done',
  'joined',
  'skipped',
  'duplicate',
  'late',
  'errorLink',
  'dead',
  'cancelled',
  'retries',
  'deferrals',
] as const;

/** The numbers kept for each step of each run. */
export const tallies = [
  ...shownTallies,
  /** Dead letters that were sent again, by a record that tells so or because they were settled since: sent twice, by another hand the second time. */
  'reinjected',
  /** Records of the step itself, whatever their outcome. */
  'records',
  /** Messages whose path says that the step handed them on: the only trace of services that leave no records. */
  'passed',
] as const;

export type Tally = (typeof tallies)[number];
export type Tallies = Readonly<Record<Tally, number>>;

/** The tally that an outcome adds to. */
export const tallyOf: Readonly<Record<StepOutcome, Tally>> = {
  done: 'done',
  joined: 'joined',
  skipped: 'skipped',
  duplicate: 'duplicate',
  late: 'late',
  'error-link': 'errorLink',
  dead: 'dead',
  cancelled: 'cancelled',
  retry: 'retries',
  later: 'deferrals',
};

/** The outcomes of a message that no longer waits: the right side of the equation, but for what waits. */
const settledTallies = ['done', 'joined', 'skipped', 'duplicate', 'late', 'errorLink', 'dead', 'cancelled'] as const;

type Equation = Pick<Tallies, 'sent' | 'reinjected' | (typeof settledTallies)[number]>;

/** Messages that were sent to the step and are not accounted for. Below zero while the sender's record is still to come. */
export function waiting(step: Equation): number {
  return step.sent + step.reinjected - settled(step);
}

function settled(step: Equation): number {
  return settledTallies.reduce((sum, tally) => sum + step[tally], 0);
}

/** What is known of a run beside its tallies. */
export interface Knowledge {
  /** The record of its announcement has come. */
  readonly announced: boolean;
  /** Nothing was heard for so long that a run whose equation cannot close is taken to have ended. */
  readonly quiet: boolean;
}

/** Where a run stands by the books. */
export interface Standing {
  readonly state: RunState;
  /** Not everything left records, so that the equation cannot close: steps that messages came from, or whoever started the run. */
  readonly inferred: boolean;
  readonly sent: number;
  readonly waiting: number;
  readonly failed: number;
}

/**
 * Draws the balance of a run: it has ended when the equation closes for every step. A run that nobody announced never
 * closes: nothing tells of its first messages.
 *
 * Records may come in any order as long as a message's record does not overtake the one that tells of its sending; the
 * queue keeps that order, because both leave transactions of which the second can only begin after the first.
 */
export function standing(steps: readonly Tallies[], { announced, quiet }: Knowledge): Standing {
  const inferred = quiet || !announced || steps.some(isSilent);
  const ended = quiet || (announced && steps.every((step) => waiting(step) === 0));
  const shown = steps.map((step) => filledIn(step, inferred, ended));
  return {
    state: ended ? endOf(steps) : 'running',
    inferred,
    sent: total(shown, 'sent') + total(shown, 'reinjected'),
    waiting: shown.reduce((sum, step) => sum + Math.max(0, waiting(step)), 0),
    failed: stillDead(steps) + total(steps, 'errorLink'),
  };
}

function endOf(steps: readonly Tallies[]): RunState {
  if (total(steps, 'cancelled') > 0) return 'cancelled';
  return stillDead(steps) > 0 ? 'failed' : 'finished';
}

function stillDead(steps: readonly Tallies[]): number {
  return total(steps, 'dead') - total(steps, 'reinjected');
}

/** The tallies of all steps together. */
export function sumOf(steps: readonly Tallies[]): Tallies {
  return Object.fromEntries(tallies.map((tally) => [tally, total(steps, tally)])) as Record<Tally, number>;
}

function total(steps: readonly Tallies[], tally: Tally): number {
  return steps.reduce((sum, step) => sum + step[tally], 0);
}

/** True for a step that handed messages on without leaving a record: a service in another language. */
function isSilent(step: Tallies): boolean {
  return step.records === 0 && step.passed > 0;
}

/** A step as shown to people, in a run of this state. */
export function stepView(step: StepTallies, run: Pick<Standing, 'state' | 'inferred'>): StepView {
  const ended = run.state !== 'running';
  const { records, passed, service, queue, reinjected, ...shown } = { ...step, ...filledIn(step, run.inferred, ended) };
  return {
    ...shown,
    sent: shown.sent + reinjected,
    ...(service === null ? {} : { service }),
    ...(queue === null ? {} : { queue }),
    ...(run.inferred && records === 0 && (passed > 0 || ended) ? { inferred: true } : {}),
    waiting: Math.max(0, waiting({ ...shown, reinjected })),
  };
}

/** One step's row in the store. */
export interface StepTallies extends Tallies {
  readonly step: number;
  readonly service: string | null;
  readonly queue: string | null;
}

/** The row of a step that nothing was heard of. */
export function emptyStep(step: number): StepTallies {
  const none = Object.fromEntries(tallies.map((tally) => [tally, 0])) as Record<Tally, number>;
  return { step, service: null, queue: null, ...none };
}

/**
 * A step's numbers as shown. In an inferred run the least that must have happened is filled in, so that the equation
 * holds in what is shown: a silent step has done what was seen to come from it (all of it, once the run has ended), and
 * a step has been sent at least what it settled.
 */
function filledIn(step: Tallies, inferred: boolean, ended: boolean): Tallies {
  if (!inferred) return step;
  const done = step.records > 0 ? step.done : ended ? step.sent : Math.min(step.sent, step.passed);
  const filled = { ...step, done };
  return { ...filled, sent: Math.max(step.sent, settled(filled) - step.reinjected) };
}
