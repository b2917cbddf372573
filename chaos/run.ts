import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';

import { Acquisition, waitsForSilence } from './acquisition.ts';
import { audit, type Evidence } from './audit.ts';
import { Baton, type BatonSite } from './baton.ts';
import { Books } from './books.ts';
import { deadLetters, isDeadLetterQueue } from './dead-letters.ts';
import { Disk, hasOwnMounts } from './disk.ts';
import { disturb, type Done } from './disturb.ts';
import { ForeignActiveMQ } from './foreign-activemq.ts';
import { startForeignService } from './foreign-service.ts';
import type { HarmKind } from './harms.ts';
import { readJournal } from './journal.ts';
import { Link } from './link.ts';
import { Log } from './log.ts';
import { emptied } from './queues.ts';
import { seeded } from './random.ts';
import { crashKinds, processes, recipe } from './recipe.ts';
import { reportOf, type ChaosReport } from './report.ts';
import type { Scene } from './scene.ts';
import { stalledWhenSilent } from './stalled.ts';
import { steadyPort } from './steady-port.ts';
import { Weather } from './weather.ts';
import { Wire } from './wire.ts';

export interface ChaosOptions {
  readonly broker: 'embedded' | 'activemq';
  /** Messages to steps, at least; retries, deferrals and checkpoints come on top. */
  readonly messages: number;
  readonly kills: number;
  /** What is done beside kills. */
  readonly harms: readonly (HarmKind | 'crashes')[];
  readonly seed: number;
  /** Where everything is kept: the stores, the logs, the journals, and what was done in `chaos.log`. */
  readonly folder: string;
  /** Told how far it is, every few seconds. */
  readonly progress: (line: string) => void;
  /** Called when nothing moves any more, and everything is still up. */
  readonly atRest?: (rest: Rest) => Promise<void>;
}

/** A Baton that harm came to, at rest. */
export interface Rest {
  /** Where its status page is. */
  readonly page: string;
  /** A connection to its broker. */
  readonly client: Client;
  /** The folder of what it keeps. */
  readonly store: string;
}

const backoff = { delay: 0.1, factor: 1.5, maxDelay: 1 };
/** ms: twice what Baton takes for silence. */
const silence = 7_200_000;
const progressEvery = 5_000;
/** From so many messages on, what takes time takes its whole time. */
const longRun = 2_000;
/** MB of the disk that is filled. ActiveMQ writes its journal ahead, 32 MB at a time, one for messages and one for what is delayed. */
const diskSize = { embedded: 256, activemq: 512 } as const;

const site: BatonSite = {
  recipes: { chaos: recipe },
  config: { modules: [resolve(import.meta.dirname, 'services.ts')], processes },
  beside: 0,
};

/** Runs a whole Baton through kills and other harm, and audits it at rest. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { folder, seed, messages, harms } = options;
  const started = performance.now();
  await mkdir(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const log = stack.use(new Log(join(folder, 'chaos.log')));
  const tell = (what: string): void => log.write(what);
  const disk = hasOwnMounts() ? stack.use(await Disk.mount(join(folder, 'disk'), diskSize[options.broker])) : undefined;
  const store = join(folder, 'disk', 'store');
  const port = await steadyPort();
  const broker =
    options.broker === 'activemq'
      ? stack.use(await ForeignActiveMQ.start(join(folder, 'disk', 'activemq'), port, tell))
      : undefined;
  const wire = stack.use(new Wire(join(folder, 'wire.jsonl')));
  const link = stack.use(await Link.open(port, wire));
  const weather = new Weather(join(folder, 'weather.json'));
  const brokerUrl = `stomp://127.0.0.1:${String(link.port)}`;
  const own = broker ? {} : { brokerPort: port };
  const httpPort = await steadyPort();
  const baton = stack.use(new Baton({ site, folder, store, brokerUrl, ...own, httpPort, weather, tell }));
  await baton.start();

  // Who announces and who counts at the end goes straight to the broker: what is seen is not to depend on what is harmed.
  const address = parseBrokerAddress(`stomp://127.0.0.1:${String(port)}`);
  const client = stack.use(new Client({ address, name: 'chaos', backoff }));
  await client.start();
  const foreign = stack.use(new Client({ address: parseBrokerAddress(brokerUrl), name: 'foreign service', backoff }));
  await foreign.start();
  await startForeignService(foreign);
  const withCrashes = harms.includes('crashes');
  const acquisition = new Acquisition(client, {
    messages,
    crashes: withCrashes ? seed : undefined,
    random: seeded(seed + 1),
  });
  const scene: Scene = { baton, broker, link, weather, disk, acquisition, tell };
  const done: Done = { killed: {}, harms: {} };
  const ticking = setInterval(() => options.progress(progressOf(scene, done, started)), progressEvery);
  stack.defer(() => clearInterval(ticking));
  await survive(scene, options, done);

  const queues = await emptied(client);
  await options.atRest?.({ page: `http://127.0.0.1:${String(httpPort)}`, client, store });
  const letters = await deadLetters(client, queues);
  const outlived = await baton.stop();
  using books = new Books(store);
  const evidence: Evidence = {
    announced: [...acquisition.runs.values()],
    books,
    effects: await readJournal(join(folder, 'journal.jsonl')),
    letters,
    doubled: wire.doubled,
    misdelivered: wire.misdelivered,
    outlived,
    queues: queues.filter(({ name }) => !isDeadLetterQueue(name)),
  };
  const crashes = Object.fromEntries(crashKinds.map((kind) => [kind, countOf(evidence, kind)]));
  const seconds = Math.round((performance.now() - started) / 1000);
  const facts = { broker: options.broker, seed, seconds, ...done, crashes: withCrashes ? crashes : {} };
  const findings = audit(evidence);
  if (findings.length > 0) disk?.copyTo(join(folder, 'kept'));
  return await reportOf(facts, findings, evidence, wire);
}

/** Announces and does harm until all is answered, or nothing comes any more. */
async function survive(scene: Scene, options: ChaosOptions, done: Done): Promise<void> {
  const { acquisition, tell } = scene;
  using stalled = stalledWhenSilent(acquisition, () =>
    tell(`nothing comes any more; open: ${acquisition.open.map(({ run }) => run).join(' ')}`),
  );
  const kinds = options.harms.filter((kind) => kind !== 'crashes');
  const disturbing = { ...options, kinds, scale: Math.min(1, options.messages / longRun) };
  const harming = disturb(scene, disturbing, done, stalled.signal).then(() => endBySilence(scene, stalled.signal));
  await Promise.allSettled([acquisition.run(stalled.signal), harming]);
}

/** Puts the clock forward once only those runs are open that end when nothing was heard of them for long enough. */
async function endBySilence({ acquisition, weather }: Scene, signal: AbortSignal): Promise<void> {
  const isRest = (): boolean => acquisition.runs.size === acquisition.count && acquisition.open.every(waitsForSilence);
  while (!isRest()) await acquisition.events.once('progress', undefined, signal);
  if (acquisition.open.length > 0) weather.change({ clock: silence });
}

function progressOf({ acquisition, link }: Scene, { killed, harms }: Done, started: number): string {
  const sum = (counts: Readonly<Record<string, number>>): string =>
    String(Object.values(counts).reduce((all, count) => all + count, 0));
  const announced = `${String(acquisition.runs.size)} of ${String(acquisition.count)} announced, ${String(acquisition.open.length)} open`;
  return [
    `${((performance.now() - started) / 1000).toFixed(0)} s`,
    `${(acquisition.progress * 100).toFixed(0)} % (${announced})`,
    `${sum(killed)} kills`,
    `${sum(harms)} other harms`,
    `${String(link.connections.length)} connections`,
  ].join(', ');
}

function countOf({ announced }: Evidence, doom: string): number {
  return announced.filter(({ twist }) => twist.doom === doom).length;
}
