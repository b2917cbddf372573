import type { QueueStatistics } from '../../src/services/statistics.ts';
import { waiting } from '../../src/ledger/states.ts';
import type { Books } from '../books.ts';
import type { DeadLetter } from '../dead-letters.ts';
import type { Outlived } from '../processes.ts';
import type { Announced } from './announcer.ts';
import { causesOf, mayBegin, type Harms } from './causes.ts';
import { channels, kinds, programKinds, stepOf, updatesChannel, type Kind, type KindName } from './kinds.ts';
import type { Begun } from './processes.ts';
import type { Told } from './told.ts';

/** What may not be. */
export const findingKinds = [
  /** A program of which no end was told, or not all that it said. */
  'lost',
  /** Something that was told of a program as more than one message; a program with two ends. */
  'duplicated',
  /** An end that nothing explains that was done. */
  'unexplained',
  /** A program that was run again though nothing explains it: where the recipe has no retry, one that is lost is not. */
  'ranAgain',
  'innocentDeadLettered',
  'unbalanced',
  'repliesMissing',
  'repliesDoubled',
  /** Updates in another order than they were told in. */
  'disordered',
  /** A message in a queue, a job in Redis or a file of a job, although all is done. */
  'left',
  /** A process of a program that is there although all programs have ended. */
  'orphans',
  /** A process of Baton that lived on although its supervisor had died. */
  'outlived',
] as const;

export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** The run concerned; of what is left, the place, and of processes, what they are called with. */
  readonly run: string;
  readonly what: string;
}

/** What is known at the end, each from somebody else. */
export interface Evidence {
  readonly announced: readonly Announced[];
  readonly books: Books;
  readonly begun: readonly Begun[];
  /** What the services heard of programs, in the order in which they did. */
  readonly noted: readonly Told[];
  readonly harms: Harms;
  readonly letters: readonly DeadLetter[];
  readonly doubled: readonly string[];
  readonly misdelivered: readonly string[];
  readonly queues: readonly QueueStatistics[];
  /** Jobs in Redis that wait or run, and files of jobs. */
  readonly left: readonly string[];
  readonly orphans: readonly string[];
  readonly outlived: readonly Outlived[];
}

/** Holds what was announced against what was told, what the ledger says, what ran, and what is still there. */
export function audit(evidence: Evidence): readonly Finding[] {
  const { announced, letters, doubled, queues, left, orphans, outlived } = evidence;
  const finding = (kind: FindingKind, run: string, what: string): Finding => ({ kind, run, what });
  const known = new Set(announced.map(({ run }) => run));
  return [
    ...announced.flatMap((one) =>
      [...answersOf(one), ...programsOf(one, evidence), ...booksOf(one, evidence), ...orderOf(one, evidence)].map(
        ([kind, what]) => finding(kind, one.run, what),
      ),
    ),
    ...letters
      .filter(({ run, step }) => !known.has(run) || step >= firstTold)
      .map(({ run, queue, step, code }) =>
        finding('innocentDeadLettered', run, `step ${String(step)}: ${code} in ${queue}`),
      ),
    ...doubled.map((run) => finding('duplicated', run, 'a step was brought one message as two')),
    ...queues.flatMap(({ name, size }) => Array.from({ length: size }, () => finding('left', name, 'waits'))),
    ...left.map((what) => finding('left', what, 'is still there')),
    ...orphans.map((what) => finding('orphans', what, 'is still there')),
    ...outlived.map(({ pid, what }) => finding('outlived', String(pid), what)),
  ];
}

type Said = readonly [FindingKind, string];

/** Steps that are told of programs have such numbers. */
const firstTold = 101;

function answersOf({ answers }: Announced): Said[] {
  const count = (...kinds: readonly string[]): number =>
    kinds.reduce((sum, kind) => sum + (answers.get(kind)?.size ?? 0), 0);
  const once = (number: number, what: string): Said[] => {
    if (number === 1) return [];
    return number === 0 ? [['repliesMissing', what]] : [['repliesDoubled', `${what}: ${String(number)} times`]];
  };
  const none = count('refused') > 0 ? [['repliesDoubled', 'refused'] as const] : [];
  return [...once(count('accepted'), 'accepted'), ...once(count('finished', 'failed'), 'final'), ...none];
}

function programsOf(one: Announced, evidence: Evidence): Said[] {
  return programKinds(one.recipe).flatMap((kind) => [
    ...endOf(one, kind, evidence),
    ...tellingOf(one, kind),
    ...beginningOf(one, kind, evidence),
  ]);
}

/** By the ledger each program has one end, whoever was told of it. */
function endOf(one: Announced, kind: KindName, { books, harms }: Evidence): Said[] {
  const ends = endsIn(books, one, kind);
  if (ends.length !== 1)
    return [[ends.length === 0 ? 'lost' : 'duplicated', `${kind} has the ends: ${ends.join(', ') || 'none'}`]];
  if (one.isCancelled) return [];
  if (ends.includes('cancelled')) return [['unexplained', `${kind} was cancelled`]];
  const told = toldOf(one, 'completed', kind)[0]?.end;
  const causes = causesOf(one, kind, harms);
  return told === undefined || causes.has(told) ? [] : [['unexplained', `${kind} ended with ${told}`]];
}

/** The ends that the ledger has for a program: each is one message to its step that was settled for good. */
export function endsIn(books: Books, { run, recipe }: Announced, kind: KindName): readonly string[] {
  const step = stepOf(recipe, kind);
  return books
    .settled(run)
    .filter((one) => one.step === step)
    .flatMap(({ outcome, channels: sent, code }) => {
      if (outcome === 'done' && sent.includes('completed')) return [sent.includes('success') ? 'success' : 'failure'];
      if (outcome === 'dead') return [`dead: ${code}`];
      return outcome === 'cancelled' ? ['cancelled'] : [];
    });
}

/** What was told of a program: all, once each; of a cancelled run perhaps not all. */
function tellingOf(one: Announced, kind: KindName): Said[] {
  const { isDeadly = false, updates = 0 } = kinds[kind] as Kind;
  const said: Said[] = [...one.told.values()]
    .filter(({ told, ids }) => told.kind === kind && ids.size > 1)
    .map(({ told, ids }) => ['duplicated', `${told.channel} ${String(told.n)} of ${kind}: ${String(ids.size)} times`]);
  const count = (channel: string): number => toldOf(one, channel, kind).length;
  if (count('success') > 0 && count('failure') > 0) said.push(['duplicated', `${kind}: success and failure`]);
  if (one.isCancelled) return said;
  const end = toldOf(one, 'completed', kind)[0]?.end;
  if (end === undefined) return [...said, ['lost', `completed of ${kind}`]];
  const isWell = end === 'success';
  const expected: Readonly<Record<string, number>> = {
    // Who dies three times at the very beginning has not begun.
    starting: end === 'crashed' ? count('starting') : 1,
    result: isWell ? 1 : 0,
    success: isWell ? 1 : 0,
    failure: isWell || isDeadly ? 0 : 1,
    [updatesChannel]: isWell ? updates : count(updatesChannel),
  };
  for (const channel of [...channels, updatesChannel]) {
    const [came, wanted] = [count(channel), expected[channel] ?? 1];
    if (came < wanted) said.push(['lost', `${channel} of ${kind}, which ended with ${end}: ${String(came)}`]);
    if (came > wanted) said.push(['duplicated', `${channel} of ${kind}, which ended with ${end}: ${String(came)}`]);
  }
  return said;
}

function toldOf({ told }: Announced, channel: string, kind: KindName): readonly Told[] {
  return [...told.values()].map((one) => one.told).filter((one) => one.channel === channel && one.kind === kind);
}

/** ms that the announcer may be told of the end of a run before it hears it, and more. */
const lateAfter = 200;

/** How often it really ran, and when. */
function beginningOf(one: Announced, kind: KindName, { begun, harms }: Evidence): Said[] {
  const mine = begun.filter((each) => each.run === one.run && each.kind === kind);
  const end = toldOf(one, 'completed', kind)[0]?.end;
  if (mine.length === 0) return end === 'success' ? [['lost', `${kind} has never run, and is told to have`]] : [];
  const late = harms.fsync === 'always' ? mine.filter(({ at }) => at > one.until + lateAfter) : [];
  const attempts = Map.groupBy(mine, ({ attempt }) => attempt);
  const most = mayBegin(one, harms);
  const again = [...attempts].filter(([, all]) => all.length > most);
  return [
    ...again.map(([attempt, all]): Said => {
      return ['ranAgain', `attempt ${String(attempt)} of ${kind} began ${String(all.length)} times`];
    }),
    ...late.map((): Said => ['unexplained', `${kind} began after its run had ended`]),
  ];
}

function booksOf(one: Announced, { books, letters }: Evidence): Said[] {
  const { run, isCancelled, answers } = one;
  const booked = books.run(run);
  if (!booked) return [['unbalanced', 'the ledger does not know it']];
  const said: Said[] = [];
  const open = booked.steps.filter((step) => waiting(step) !== 0);
  if (booked.state === 'running' || open.length > 0) said.push(['unbalanced', 'the equation does not close']);
  const dead = booked.steps.reduce((sum, step) => sum + step.dead, 0);
  const state = dead > 0 ? 'failed' : 'finished';
  if (booked.state !== state && !(isCancelled && booked.state === 'cancelled'))
    said.push(['unbalanced', `the ledger says ${booked.state}, not ${state}`]);
  if (!answers.has(booked.state === 'finished' ? 'finished' : 'failed'))
    said.push(['unbalanced', `the ledger says ${booked.state}, and the announcer was told otherwise`]);
  const came = letters.filter((letter) => letter.run === run).length;
  if (came !== dead) said.push(['unbalanced', `${String(came)} dead letters, and ${String(dead)} by the ledger`]);
  for (const { step, duplicate } of booked.steps)
    if (duplicate > 0) said.push(['duplicated', `${String(duplicate)} at step ${String(step)} were known already`]);
  if (books.announcements(run, 'accepted') !== 1) said.push(['unbalanced', 'it was not accepted once']);
  return said;
}

/** The first that was heard of each update came in order. */
function orderOf({ run, recipe }: Announced, { noted, misdelivered }: Evidence): Said[] {
  if (misdelivered.includes(run)) return [];
  return programKinds(recipe).flatMap((kind) => {
    const all = noted.filter((one) => one.run === run && one.kind === kind && one.channel === updatesChannel);
    const first = [...new Set(all.map(({ n }) => n))];
    const isOrdered = first.every((n, index) => n === index + 1);
    return isOrdered ? [] : [['disordered', `updates of ${kind}: ${first.join(', ')}`]];
  });
}
