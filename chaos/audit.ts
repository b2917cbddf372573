import type { QueueStatistics } from '../src/services/statistics.ts';
import type { Announced } from './acquisition.ts';
import { balances, type BookedRun, type Books } from './books.ts';
import type { DeadLetter } from './dead-letters.ts';
import { disordered, type Effect } from './journal.ts';
import type { Outlived } from './processes.ts';
import { doomedSteps, expectedTallies, outputsOf, tardyStep } from './recipe.ts';

/** What may not be. */
export const findingKinds = [
  /** An output that never came, or whose effect was never had; a doomed message that is in no dead-letter queue. */
  'lost',
  /** An output that came as more than one message, or a message that a step was brought as two, or knew already. */
  'duplicated',
  'innocentDeadLettered',
  /** The ledger's equation does not close, counts other messages than the recipe makes, or tells another end than the run's. */
  'unbalanced',
  'repliesMissing',
  'repliesDoubled',
  /** A group whose order was not kept, although the broker gave it out in order. */
  'disordered',
  /** A message that waits in a queue although all is done. */
  'left',
  /** A process that lived on although its supervisor had died, and all was ended in good order. */
  'outlived',
] as const;

export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** The run concerned; of what is left, the queue, and of what outlived, the process. */
  readonly run: string;
  readonly what: string;
}

/** What is known at the end, each from somebody else. */
export interface Evidence {
  readonly announced: readonly Announced[];
  readonly books: Books;
  readonly effects: readonly Effect[];
  readonly letters: readonly DeadLetter[];
  /** Runs of which a step was brought one message as two. */
  readonly doubled: readonly string[];
  /** Runs whose group the broker itself gave out in another order. */
  readonly misdelivered: readonly string[];
  /** What the broker has in its queues. */
  readonly queues: readonly QueueStatistics[];
  readonly outlived: readonly Outlived[];
}

/** Holds what was announced against what came, what the ledger says, what died, and what the broker still has. */
export function audit({
  announced,
  books,
  effects,
  letters,
  doubled,
  misdelivered,
  queues,
  outlived,
}: Evidence): readonly Finding[] {
  const known = new Set(announced.map(({ run }) => run));
  const finding = (kind: FindingKind, run: string, what: string): Finding => ({ kind, run, what });
  return [
    ...announced.flatMap((one) => {
      const mine = (of: { readonly run: string }): boolean => of.run === one.run;
      const [own, had] = [letters.filter(mine), effects.filter(mine)];
      return [
        ...answersOf(one),
        ...(one.twist.isRefused ? refusalOf(one, books, own) : workOf(one, books.run(one.run), had, own)),
        ...announcementsOf(one, books),
      ].map(([kind, what]) => finding(kind, one.run, what));
    }),
    ...letters
      .filter((letter) => !known.has(letter.run) || !isMeantToDie(letter))
      .map(({ run, queue, step, code }) =>
        finding('innocentDeadLettered', run, `step ${String(step)}: ${code} in ${queue}`),
      ),
    ...doubled.map((run) => finding('duplicated', run, 'a step was brought one message as two')),
    ...disordered(effects)
      .filter((run) => !misdelivered.includes(run))
      .map((run) => finding('disordered', run, 'the group was not in order')),
    ...queues.flatMap(({ name, size }) => Array.from({ length: size }, () => finding('left', name, 'waits'))),
    ...outlived.map(({ pid, what }) => finding('outlived', String(pid), what)),
  ];
}

type Told = readonly [FindingKind, string];

/** What every announcer is told once. */
function answersOf({ twist, answers, sent }: Announced): Told[] {
  const count = (...kinds: readonly string[]): number =>
    kinds.reduce((sum, kind) => sum + (answers.get(kind)?.size ?? 0), 0);
  const once = (number: number, what: string): Told[] => {
    if (number === 1) return [];
    return number === 0 ? [['repliesMissing', what]] : [['repliesDoubled', `${what}: ${String(number)} times`]];
  };
  const atMost = (number: number, most: number, what: string): Told[] =>
    number > most ? [['repliesDoubled', `${what}: ${String(number)} for ${String(most)}`]] : [];
  if (twist.isRefused)
    return [
      ...(count('refused') === 0 ? once(0, 'refused') : atMost(count('refused'), sent, 'refused')),
      ...atMost(count('accepted', 'finished', 'failed', 'duplicate'), 0, 'another answer than refused'),
    ];
  return [
    ...once(count('accepted'), 'accepted'),
    ...once(count('finished', 'failed'), 'final'),
    ...atMost(count('refused'), 0, 'refused'),
    ...atMost(count('duplicate'), sent - 1, 'duplicate'),
  ];
}

/** A refused announcement is dead-lettered as often as it was refused, and starts nothing. */
function refusalOf({ run, answers }: Announced, books: Books, letters: readonly DeadLetter[]): Told[] {
  const refused = answers.get('refused')?.size ?? 0;
  const difference = letters.length - refused;
  return [
    ...(difference < 0 ? [['lost', 'it was refused more often than dead-lettered'] as const] : []),
    ...(difference > 0 ? [['duplicated', 'it was dead-lettered more often than refused'] as const] : []),
    ...(books.run(run) ? [['unbalanced', 'the ledger has a run of it'] as const] : []),
  ];
}

function workOf(
  { twist, answers }: Announced,
  booked: BookedRun | undefined,
  effects: readonly Effect[],
  letters: readonly DeadLetter[],
): Told[] {
  const sunk = new Set(effects.filter(({ service }) => service === 'chaos-sink').map(({ output }) => output));
  const deaths = letters.filter(({ step }) => doomedSteps.has(step)).length;
  const wanted = twist.doom === 'none' ? 0 : 1;
  const told: Told[] = outputsOf(twist).flatMap((output) => {
    const came = answers.get(`result ${output}`)?.size ?? 0;
    return [
      ...(came === 0 ? [['lost', `${output} did not come`] as const] : []),
      ...(came > 1 ? [['duplicated', `${output} came ${String(came)} times`] as const] : []),
      ...(sunk.has(output) ? [] : [['lost', `${output} had no effect`] as const]),
    ];
  });
  if (deaths < wanted) told.push(['lost', `the message doomed to ${twist.doom} is in no dead-letter queue`]);
  if (deaths > wanted) told.push(['duplicated', `${String(deaths)} dead letters for ${String(wanted)}`]);
  if (!booked) return [...told, ['unbalanced', 'the ledger does not know it']];
  return [...told, ...booksOf(booked, twist, answers)];
}

/** What the ledger has of a run. */
function booksOf(booked: BookedRun, twist: Announced['twist'], answers: Announced['answers']): Told[] {
  const state = twist.doom === 'none' ? 'finished' : 'failed';
  const told: Told[] = [];
  if (!balances(booked, twist)) told.push(['unbalanced', 'the equation does not close']);
  if (booked.state !== state) told.push(['unbalanced', `the ledger says ${booked.state}, not ${state}`]);
  if (!answers.has(booked.state)) told.push(['unbalanced', `the announcer was not told ${booked.state}`]);
  for (const [steps, tally, count] of expectedTallies(twist)) {
    const found = booked.steps.filter(({ step }) => steps.includes(step)).reduce((sum, step) => sum + step[tally], 0);
    const where = `${tally} at ${steps.join('+')}`;
    if (found !== count) told.push(['unbalanced', `${where}: ${String(found)} in place of ${String(count)}`]);
  }
  for (const { step, duplicate, late } of booked.steps) {
    const repeated = duplicate + (step === tardyStep ? 0 : late);
    if (repeated > 0) told.push(['duplicated', `${String(repeated)} at step ${String(step)} were known already`]);
  }
  return told;
}

/** The ledger has each announcement as its announcer was answered. */
function announcementsOf({ run, twist, answers }: Announced, books: Books): Told[] {
  const expected = { accepted: twist.isRefused ? 0 : 1, ...sizes(answers, ['refused', 'duplicate']) };
  return Object.entries(expected)
    .filter(([outcome, count]) => books.announcements(run, outcome) !== count)
    .map(([outcome, count]) => ['unbalanced', `the ledger has not ${String(count)} announcements ${outcome}`]);
}

function sizes(answers: Announced['answers'], kinds: readonly string[]): Record<string, number> {
  return Object.fromEntries(kinds.map((kind) => [kind, answers.get(kind)?.size ?? 0]));
}

/** Messages that die by design, and announcements that nobody can start. */
function isMeantToDie({ queue, step, code }: DeadLetter): boolean {
  return doomedSteps.has(step) || (queue === 'DLQ.processing_recipe' && code !== 'crashed');
}
