import type { Wire } from '../wire.ts';
import type { Announced } from './announcer.ts';
import { endsIn, findingKinds, type Evidence, type Finding, type FindingKind } from './audit.ts';
import { programKinds } from './kinds.ts';

/** What is known of a run beside what is wrong. */
interface Facts {
  readonly programs: string;
  readonly broker: string;
  readonly fsync: string;
  readonly seed: number;
  readonly seconds: number;
}

/** What a run came to: counts of what may not be, and what was done. */
export interface ProgramReport extends Facts, Readonly<Record<FindingKind, number>> {
  readonly runs: number;
  readonly cancelled: number;
  readonly jobs: number;
  /** How often a program began. */
  readonly begun: number;
  /** The ends of jobs, by the ledger, and the causes of those that were told of. */
  readonly ends: Readonly<Record<string, number>>;
  readonly causes: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly killed: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Of some of the runs concerned all that is known. */
  readonly histories: Readonly<Record<string, readonly string[]>>;
}

const toldHistories = 3;

/** Puts together what a run came to. */
export async function reportOf(
  facts: Facts,
  findings: readonly Finding[],
  evidence: Evidence,
  wire: Wire,
): Promise<ProgramReport> {
  const { announced, books, begun, harms } = evidence;
  const counts = findingKinds.map((kind) => [kind, findings.filter((finding) => finding.kind === kind).length]);
  const concerned = announced.filter(({ run }) => findings.some((finding) => finding.run === run));
  const histories: Record<string, readonly string[]> = {};
  for (const one of concerned.slice(0, toldHistories))
    histories[one.run] = [...toldOf(one, evidence), ...books.history(one.run), ...(await wire.history(one.run))];
  const jobs = announced.flatMap((one) => programKinds(one.recipe).map((kind) => ({ one, kind })));
  const completed = announced.flatMap(({ told }) =>
    [...told.values()].map((each) => each.told).filter(({ channel }) => channel === 'completed'),
  );
  return {
    ...facts,
    ...(Object.fromEntries(counts) as Record<FindingKind, number>),
    runs: announced.length,
    cancelled: announced.filter(({ isCancelled }) => isCancelled).length,
    jobs: jobs.length,
    begun: begun.length,
    ends: tallied(jobs.flatMap(({ one, kind }) => endsIn(books, one, kind).map((end) => end.replace(/:.*/, '')))),
    causes: tallied(completed.map(({ end }) => end)),
    kills: harms.kills.length,
    killed: tallied(harms.kills.map(({ target }) => target)),
    findings,
    histories,
  };
}

function tallied(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

/** What the announcer and the programs know of a run, and what was killed meanwhile, as lines. */
function toldOf(one: Announced, { begun, noted, harms }: Evidence): readonly string[] {
  const { run, recipe, isCancelled, from, until, answers, told } = one;
  const answered = Object.fromEntries([...answers].map(([kind, ids]) => [kind, [...ids]]));
  const time = (at: number): string => (Number.isFinite(at) ? new Date(at).toISOString() : 'never');
  return [
    JSON.stringify({ run, recipe, isCancelled, from: time(from), until: time(until), answered }),
    ...[...told.values()].map((each) => `told ${JSON.stringify({ ...each.told, ids: [...each.ids] })}`),
    ...noted.filter((each) => each.run === run).map((each) => `noted ${JSON.stringify(each)}`),
    ...begun.filter((each) => each.run === run).map((each) => `began ${JSON.stringify(each)}`),
    ...harms.kills
      .filter(({ at }) => at >= from && at <= until)
      .map(({ at, ...kill }) => `${time(at)} killed ${JSON.stringify(kill)}`),
  ];
}
