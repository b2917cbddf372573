import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { freePort } from '../test/fixtures/free-port.ts';
import { Acquisition, type Announced } from './acquisition.ts';
import { audit, deadLetters, type Findings } from './audit.ts';
import { Baton } from './baton.ts';
import { Books } from './books.ts';
import { ForeignActiveMQ } from './foreign-activemq.ts';
import { emptied } from './queues.ts';
import { readJournal } from './journal.ts';
import { killAtRandom, pauseAtRandom } from './kills.ts';
import { seeded } from './random.ts';

export interface ChaosOptions {
  readonly broker: 'embedded' | 'activemq';
  /** Messages to steps, at least; retries, deferrals and checkpoints come on top. */
  readonly messages: number;
  readonly kills: number;
  /** Processes stopped for up to 40 s each. */
  readonly pauses: number;
  readonly seed: number;
  /** Where everything is kept: the stores, the logs, and the history of what was done in `chaos.log`. */
  readonly folder: string;
}

/** What a run came to: counts of what may not be, and what was done. */
export interface ChaosReport extends Readonly<Record<keyof Findings, number>> {
  readonly broker: string;
  readonly messages: number;
  readonly kills: number;
  readonly pauses: number;
  readonly seed: number;
  readonly runs: number;
  readonly announcements: number;
  /** Messages left in queues that should be empty. */
  readonly left: number;
  readonly doomed: number;
  readonly seconds: number;
  readonly killed: Readonly<Record<string, number>>;
  /** What is known of some of the runs concerned, where something is wrong. */
  readonly histories: Readonly<Record<string, readonly string[]>>;
}

/** Without any answer for so long (ms), the run is over, whatever is missing: a part that dies again and again waits up to half a minute each time. */
const patience = 180_000;
const toldHistories = 3;

/** Runs a whole Baton through kills, and audits it at rest. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { folder, kills, pauses, seed, messages } = options;
  const started = Date.now();
  await mkdir(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const log = stack.adopt(createWriteStream(join(folder, 'chaos.log')), (stream) => void stream.end());
  const tell = (what: string): void => void log.write(`${new Date().toISOString()} ${what}\n`);
  const stompPort = await freePort();
  const broker =
    options.broker === 'activemq'
      ? stack.use(await ForeignActiveMQ.start(join(folder, 'activemq'), stompPort))
      : undefined;
  const brokerUrl = `stomp://127.0.0.1:${String(stompPort)}`;
  const httpPort = await freePort();
  const baton = new Baton({ store: folder, stompPort, httpPort, tell, ...(broker ? { brokerUrl } : {}) });
  stack.defer(() => baton.stop());
  await baton.start();
  const backoff = { delay: 0.1, factor: 1.5, maxDelay: 1 };
  const client = stack.use(new Client({ address: parseBrokerAddress(brokerUrl), name: 'chaos', backoff }));
  await client.start();

  const acquisition = new Acquisition(client, messages, seeded(seed + 1));
  const disturbing = { baton, broker, acquisition, kills, pauses, tell };
  const killed = await survive(acquisition, tell, async (signal) => {
    const pausing = pauseAtRandom({ ...disturbing, random: seeded(seed + 2) }, signal);
    const counts = killAtRandom({ ...disturbing, random: seeded(seed) }, signal);
    const [done] = await Promise.allSettled([counts, pausing]);
    return done.status === 'fulfilled' ? done.value : {};
  });
  const queues = await emptied(`http://127.0.0.1:${String(httpPort)}`);
  const letters = await deadLetters(client, queues);
  await baton.stop();

  const store = join(folder, 'store');
  using books = new Books(store);
  const findings = audit(acquisition, books, await readJournal(store), letters);
  const runs = [...acquisition.runs.values()];
  const concerned = [...new Set(Object.values<readonly string[]>({ ...findings }).flat())].slice(0, toldHistories);
  const sent = (run: string): number => books.run(run)?.steps.reduce((sum, step) => sum + step.sent, 0) ?? 0;
  return {
    broker: options.broker,
    messages: runs.reduce((sum, { run }) => sum + sent(run), 0),
    kills: Object.values(killed).reduce((sum, count) => sum + count, 0),
    pauses,
    seed,
    runs: runs.length,
    announcements: runs.reduce((sum, run) => sum + run.sent, 0),
    ...counts(findings),
    left: queues
      .filter(({ name }) => !name.startsWith('DLQ.'))
      .reduce((sum, queue) => sum + queue.waiting + queue.inFlight, 0),
    doomed: letters.length,
    seconds: Math.round((Date.now() - started) / 1000),
    killed,
    histories: Object.fromEntries(
      concerned.map((run) => [run, [...told(runs.find((one) => one.run === run)), ...books.history(run)]]),
    ),
  };
}

/** True when nothing is wrong. */
export function isClean(report: ChaosReport): boolean {
  const { lost, duplicated, innocentDeadLettered, unbalanced, repliesMissing, repliesDoubled, disordered, left } =
    report;
  return [lost, duplicated, innocentDeadLettered, unbalanced, repliesMissing, repliesDoubled, disordered, left].every(
    (count) => count === 0,
  );
}

/** Announces and kills until all is answered, or nothing comes any more. */
async function survive(
  acquisition: Acquisition,
  tell: (what: string) => void,
  kill: (signal: AbortSignal) => Promise<ChaosReport['killed']>,
): Promise<ChaosReport['killed']> {
  const stalled = new AbortController();
  const giveUp = (): void => {
    tell(`nothing comes any more; open: ${JSON.stringify(acquisition.open.flatMap((one) => told(one)))}`);
    stalled.abort(new Error('nothing comes any more'));
  };
  let timer = setTimeout(giveUp, patience);
  const end = acquisition.events.on('progress', () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, patience);
  });
  try {
    const killing = kill(stalled.signal);
    await acquisition.run(stalled.signal).catch(() => undefined);
    return await killing;
  } finally {
    end();
    clearTimeout(timer);
  }
}

function counts(findings: Findings): Record<keyof Findings, number> {
  return Object.fromEntries(Object.entries(findings).map(([name, runs]) => [name, (runs as string[]).length])) as never;
}

/** What the announcer knows of a run, as a line. */
function told(announced: Announced | undefined): readonly string[] {
  if (!announced) return [];
  const { run, twist, sent, answers } = announced;
  const answered = Object.fromEntries([...answers].map(([kind, ids]) => [kind, [...ids]]));
  return [JSON.stringify({ run, twist, sent, answered })];
}
