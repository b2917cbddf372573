import type { Announced } from './acquisition.ts';
import { findingKinds, type Evidence, type Finding, type FindingKind } from './audit.ts';
import type { Done } from './disturb.ts';
import type { Wire } from './wire.ts';

/** What is known of a run beside what is wrong. */
interface Facts extends Done {
  readonly broker: string;
  readonly seed: number;
  readonly seconds: number;
  /** Messages doomed to end their process, by how. */
  readonly crashes: Readonly<Record<string, number>>;
}

/** What a run came to: counts of what may not be, and what was done. */
export interface ChaosReport extends Facts, Readonly<Record<FindingKind, number>> {
  /** Messages to steps. */
  readonly messages: number;
  readonly kills: number;
  readonly runs: number;
  readonly announcements: number;
  readonly refused: number;
  /** Dead letters that were to be. */
  readonly doomed: number;
  /** Groups that the broker itself gave out in another order than they were sent. */
  readonly misdelivered: number;
  readonly findings: readonly Finding[];
  /** Of some of the runs concerned all that is known: answers, the ledger's records, and every frame. */
  readonly histories: Readonly<Record<string, readonly string[]>>;
}

const toldHistories = 3;

/** Puts together what a run came to. */
export async function reportOf(
  facts: Facts,
  findings: readonly Finding[],
  { announced, books, letters, misdelivered }: Evidence,
  wire: Wire,
): Promise<ChaosReport> {
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
  const counts = findingKinds.map((kind) => [kind, findings.filter((finding) => finding.kind === kind).length]);
  const concerned = announced.filter(({ run }) => findings.some((finding) => finding.run === run));
  const histories: Record<string, readonly string[]> = {};
  for (const one of concerned.slice(0, toldHistories))
    histories[one.run] = [answersOf(one), ...books.history(one.run), ...(await wire.history(one.run))];
  const { broker, ...rest } = facts;
  return {
    broker,
    messages: total(announced.flatMap(({ run }) => books.run(run)?.steps.map(({ sent }) => sent) ?? [])),
    kills: total(Object.values(facts.killed)),
    ...(Object.fromEntries(counts) as Record<FindingKind, number>),
    ...rest,
    runs: announced.filter(({ twist }) => !twist.isRefused).length,
    announcements: total(announced.map(({ sent }) => sent)),
    refused: announced.filter(({ twist }) => twist.isRefused).length,
    doomed: letters.length,
    misdelivered: misdelivered.length,
    findings,
    histories,
  };
}

/** What the announcer knows of a run, as a line. */
function answersOf({ run, twist, sent, answers }: Announced): string {
  const answered = Object.fromEntries([...answers].map(([kind, ids]) => [kind, [...ids]]));
  return JSON.stringify({ run, twist, sent, answered });
}
