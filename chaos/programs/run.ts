import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';

import { Baton, type BatonSite } from '../baton.ts';
import { Books } from '../books.ts';
import { deadLetters, isDeadLetterQueue } from '../dead-letters.ts';
import { ForeignActiveMQ } from '../foreign-activemq.ts';
import { readJournal } from '../journal.ts';
import { Link } from '../link.ts';
import { Log } from '../log.ts';
import { emptied } from '../queues.ts';
import { seeded } from '../random.ts';
import { stalledWhenSilent } from '../stalled.ts';
import { steadyPort } from '../steady-port.ts';
import { Weather } from '../weather.ts';
import { Wire } from '../wire.ts';
import { Announcer } from './announcer.ts';
import { audit, type Evidence } from './audit.ts';
import type { Programs } from './causes.ts';
import type { Elsewhere } from './elsewhere.ts';
import { filesIn, gone } from './left.ts';
import { killAtRandom } from './kills.ts';
import { programs, recipes } from './kinds.ts';
import { begunIn, called, programProcesses } from './processes.ts';
import type { Fsync } from './redis.ts';
import { RedisHosts } from './redis-hosts.ts';
import { reportOf, type ProgramReport } from './report.ts';
import type { Kill, ProgramScene } from './scene.ts';
import { SlurmCluster } from './slurm-cluster.ts';
import type { Told } from './told.ts';

export interface ProgramChaosOptions {
  /** Where programs run. */
  readonly programs: Programs;
  readonly broker: 'embedded' | 'activemq';
  /** What Redis promises. */
  readonly fsync: Fsync;
  /** Messages to steps, at least. */
  readonly messages: number;
  readonly kills: number;
  readonly seed: number;
  readonly folder: string;
  /** Told how far it is, every few seconds. */
  readonly progress: (line: string) => void;
}

/** Messages that a run comes to, at least: each program has two, its start, its end, and what is told of it. */
const messagesPerRun = 20;
/** From so many messages on Redis is away for longer than leases last, now and then. */
const longRun = 1_000;
/** Cores of each host, so to speak: most programs sleep. */
const cores = { local: 6, worker: 4 } as const;
const progressEvery = 5_000;

/** Runs programs on a whole Baton, kills everything at random, and accounts for each of them. */
export async function runProgramChaos(options: ProgramChaosOptions): Promise<ProgramReport> {
  const { folder, seed, messages, fsync } = options;
  const started = performance.now();
  await mkdir(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const log = stack.use(new Log(join(folder, 'chaos.log')));
  const tell = (what: string): void => log.write(what);
  const port = await steadyPort();
  const broker =
    options.broker === 'activemq'
      ? stack.use(await ForeignActiveMQ.start(join(folder, 'activemq'), port, tell))
      : undefined;
  const wire = stack.use(new Wire(join(folder, 'wire.jsonl')));
  const link = stack.use(await Link.open(port, wire));
  const weather = new Weather(join(folder, 'weather.json'));
  const elsewhere = await elsewhereOf(options, weather, tell);
  if (elsewhere) stack.use(elsewhere);
  const programJournal = join(folder, 'programs.log');
  const baton = stack.use(
    new Baton({
      site: siteOf(programJournal, elsewhere),
      ...{ folder, store: join(folder, 'store'), brokerUrl: `stomp://127.0.0.1:${String(link.port)}` },
      ...(broker ? {} : { brokerPort: port }),
      ...{ httpPort: await steadyPort(), weather, tell },
    }),
  );
  await baton.start();
  elsewhere?.start(baton.configFile);

  // Who announces and who counts at the end goes straight to the broker: what is seen is not to depend on what is harmed.
  const address = parseBrokerAddress(`stomp://127.0.0.1:${String(port)}`);
  const backoff = { delay: 0.1, factor: 1.5, maxDelay: 1 };
  const client = stack.use(new Client({ address, name: 'chaos', backoff }));
  await client.start();
  const runs = Math.ceil(messages / messagesPerRun);
  const announcer = new Announcer(client, { runs, random: seeded(seed + 1), tell });
  const scene: ProgramScene = {
    ...{ baton, broker, elsewhere, announcer, programJournal, weather: weather.file, tell },
  };
  const kills: Kill[] = [];
  const ticking = setInterval(() => options.progress(progressOf(announcer, kills, started)), progressEvery);
  stack.defer(() => clearInterval(ticking));
  await survive(scene, options, kills);

  const own = join(folder, 'store', 'services', 'command');
  const folders = [own, ...(elsewhere?.folders ?? [])];
  const queues = await emptied(client);
  const orphans = await gone(() => programProcesses(programJournal, folders).map(called));
  const jobs = elsewhere ? await gone(async () => await elsewhere.jobs()) : [];
  const letters = await deadLetters(client, queues);
  await elsewhere?.stop();
  const outlived = await baton.stop();
  using books = new Books(join(folder, 'store'));
  const evidence: Evidence = {
    announced: [...announcer.runs.values()],
    books,
    begun: await begunIn(programJournal),
    noted: await readJournal<Told>(join(folder, 'journal.jsonl')),
    harms: { backend: options.programs, fsync, kills, absences: elsewhere?.absences ?? [] },
    letters,
    ...{ doubled: wire.doubled, misdelivered: wire.misdelivered, outlived, orphans },
    queues: queues.filter(({ name }) => !isDeadLetterQueue(name)),
    left: [...jobs, ...[own, ...(elsewhere?.emptied ?? [])].flatMap(filesIn)],
  };
  const seconds = Math.round((performance.now() - started) / 1000);
  const facts = {
    programs: options.programs,
    broker: options.broker,
    fsync: options.programs === 'bullmq' ? fsync : 'none',
    seed,
    seconds,
  };
  return await reportOf(facts, audit(evidence), evidence, wire);
}

function siteOf(programJournal: string, elsewhere: Elsewhere | undefined): BatonSite {
  const script = resolve(import.meta.dirname, 'work.sh');
  return {
    recipes: recipes(),
    config: {
      modules: [resolve(import.meta.dirname, 'services.ts')],
      processes: { programs: ['command'], told: ['chaos-told', 'chaos-updates'] },
      programs: programs(script, programJournal),
      compute: { local: { cores: elsewhere ? cores.worker : cores.local, memory: '4G' }, ...elsewhere?.compute },
    },
    // The reaper of the service.
    beside: 1,
  };
}

async function elsewhereOf(
  { programs: place, folder, fsync, messages }: ProgramChaosOptions,
  weather: Weather,
  tell: (what: string) => void,
): Promise<Elsewhere | undefined> {
  if (place === 'local') return undefined;
  if (place === 'slurm') return await SlurmCluster.start(folder);
  const port = await steadyPort();
  return await RedisHosts.start({ folder, port, fsync, hasLongAbsences: messages >= longRun, weather, tell });
}

/** Announces and kills until all is answered, or nothing comes any more. */
async function survive(scene: ProgramScene, options: ProgramChaosOptions, kills: Kill[]): Promise<void> {
  const { announcer, tell } = scene;
  using stalled = stalledWhenSilent(announcer, () =>
    tell(`nothing comes any more; open: ${announcer.open.map(({ run }) => run).join(' ')}`),
  );
  await Promise.allSettled([announcer.run(stalled.signal), killAtRandom(scene, options, kills, stalled.signal)]);
  await scene.elsewhere?.back();
}

function progressOf(announcer: Announcer, kills: readonly Kill[], started: number): string {
  const announced = `${String(announcer.runs.size)} of ${String(announcer.count)} announced, ${String(announcer.open.length)} open`;
  return [
    `${((performance.now() - started) / 1000).toFixed(0)} s`,
    `${(announcer.progress * 100).toFixed(0)} % (${announced})`,
    `${String(kills.length)} kills`,
  ].join(', ');
}
