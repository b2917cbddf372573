import type { Client } from '../src/stomp/client.ts';
import type { QueueView } from '../src/monitor/api.ts';
import type { Acquisition, Announced } from './acquisition.ts';
import { balances, type Books, type BookedRun } from './books.ts';
import { disordered, type Effect } from './journal.ts';
import { doomedSteps, items, outputsOf, tardyStep } from './recipe.ts';

/** What is wrong, each entry the id of the run concerned; nothing of it may be there. */
export interface Findings {
  /** An output that never came, or whose effect was never had; a doomed message that is in no dead-letter queue. */
  readonly lost: readonly string[];
  /** An output that came as more than one message, or a message that a step knew already. */
  readonly duplicated: readonly string[];
  readonly innocentDeadLettered: readonly string[];
  /** The ledger's equation does not close, or tells another end than the run's. */
  readonly unbalanced: readonly string[];
  readonly repliesMissing: readonly string[];
  readonly repliesDoubled: readonly string[];
  /** A group whose order was not kept. */
  readonly disordered: readonly string[];
}

/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly queue: string;
  readonly run: string;
  readonly step: number;
  readonly code: string;
}

/** All dead letters, read where they stay. */
export async function deadLetters(client: Client, queues: readonly QueueView[]): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const { name, waiting } of queues) {
    if (!name.startsWith('DLQ.') || waiting === 0) continue;
    for await (const { headers } of client.browse(client.queue(name)))
      letters.push({
        queue: name,
        run: headers['baton-run'] ?? '?',
        step: Number(headers['baton-error-step'] ?? -1),
        code: headers['baton-error-code'] ?? '?',
      });
  }
  return letters;
}

/** Holds what was announced against what came, what the ledger says, and what died. */
export function audit(
  { runs }: Acquisition,
  books: Books,
  effects: readonly Effect[],
  letters: readonly DeadLetter[],
): Findings {
  const all = [...runs.values()];
  const had = new Set(
    effects.filter(({ service }) => service === 'chaos-sink').map(({ run, output }) => `${run} ${output}`),
  );
  const doomed = letters.filter(({ step }) => doomedSteps.has(step));
  const deaths = (run: string): number => doomed.filter((letter) => letter.run === run).length;
  const per = (count: (announced: Announced) => number): readonly string[] =>
    all.flatMap((announced) => Array<string>(Math.max(0, count(announced))).fill(announced.run));
  return {
    lost: per(
      ({ run, twist, answers }) =>
        outputsOf(twist).filter((output) => !answers.has(`result ${output}`) || !had.has(`${run} ${output}`)).length +
        (twist.doom === 'none' ? 0 : Math.max(0, 1 - deaths(run))),
    ),
    duplicated: per(
      ({ run, twist, answers }) =>
        outputsOf(twist).reduce((sum, output) => sum + extra(answers.get(`result ${output}`)), 0) +
        Math.max(0, deaths(run) - (twist.doom === 'none' ? 0 : 1)) +
        repeated(books.run(run)),
    ),
    innocentDeadLettered: letters.filter(({ step }) => !doomedSteps.has(step)).map(({ run }) => run),
    unbalanced: per((announced) => (isRight(books, announced) ? 0 : 1)),
    repliesMissing: per(({ answers }) => Number(!answers.has('accepted')) + Number(finals(answers).size === 0)),
    repliesDoubled: per(
      ({ answers, sent }) =>
        extra(answers.get('accepted')) +
        extra(finals(answers)) +
        Number((answers.get('duplicate')?.size ?? 0) > sent - 1),
    ),
    disordered: disordered(effects),
  };
}

/** True when the ledger balances for the run, counts what the recipe makes, and tells the end that the announcer was told. */
function isRight(books: Books, { run, twist, answers }: Announced): boolean {
  const booked = books.run(run);
  if (!booked || !balances(booked)) return false;
  const step = (number: number): BookedRun['steps'][number] | undefined =>
    booked.steps.find((one) => one.step === number);
  return (
    step(3)?.joined === items &&
    (step(4)?.done ?? 0) + (step(7)?.done ?? 0) + (step(11)?.done ?? 0) === outputsOf(twist).length &&
    booked.state === (twist.doom === 'none' ? 'finished' : 'failed') &&
    answers.has(booked.state) &&
    books.announcements(run, 'accepted') === 1 &&
    books.announcements(run, 'duplicate') === (answers.get('duplicate')?.size ?? 0)
  );
}

function finals(answers: Announced['answers']): ReadonlySet<string> {
  return new Set([...(answers.get('finished') ?? []), ...(answers.get('failed') ?? [])]);
}

function extra(messages: ReadonlySet<string> | undefined): number {
  return Math.max(0, (messages?.size ?? 0) - 1);
}

/** Messages that a step knew already, or that came to a join that had closed without waiting for them. */
function repeated(booked: BookedRun | undefined): number {
  const steps = booked?.steps ?? [];
  return steps.reduce((sum, { step, duplicate, late }) => sum + duplicate + (step === tardyStep ? 0 : late), 0);
}
