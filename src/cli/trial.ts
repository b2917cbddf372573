import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../broker/broker.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { Dispatcher } from '../dispatcher/dispatcher.ts';
import { startLedger } from '../ledger/ledger.ts';
import type { RunDetail } from '../ledger/views.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { Announcer, type Answer } from '../rehearsal/announcer.ts';
import { watchOver } from '../services/consumer.ts';
import { Host } from '../services/host.ts';
import { names } from '../services/names.ts';
import { Replier } from '../services/replier.ts';
import type { AnyService } from '../services/service.ts';
import { Timekeeper } from '../services/timekeeper.ts';
import { parseBrokerAddress } from '../stomp/address.ts';
import { Client } from '../stomp/client.ts';
import { announcementQueue } from './planned-run.ts';
import type { StubOutputs } from './stub-outputs.ts';
import { stubService } from './stub-service.ts';

/** What is tried. */
export interface TrialOptions {
  readonly config: Config;
  readonly message: JsonObject;
  /** What will run, filled in: its queues are stubbed. */
  readonly recipe: Recipe;
  /** Services that run as they are, with all that they do. */
  readonly live: readonly AnyService[];
  readonly outputs: StubOutputs;
  readonly seconds: number;
}

/** How a trial ended. */
export interface Trial {
  readonly answers: readonly Answer[];
  /** Absent where nothing was started. */
  readonly run?: RunDetail;
}

/**
 * Runs an announcement on a broker of its own, in this process and in a folder that is removed: through the dispatcher,
 * the pipeline and the ledger as they are, with stubs in place of services. Ends with the run, or when the time is over.
 */
export async function runTrial({ config, message, recipe, live, outputs, seconds }: TrialOptions): Promise<Trial> {
  await using trial = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'baton-try-'));
  trial.defer(async () => rm(folder, { recursive: true, force: true }));
  const broker = trial.use(await startBroker({ port: 0, store: ':memory:' }));
  const address = parseBrokerAddress(`stomp://127.0.0.1:${broker.port}`);
  const [post, replies, book, own] = await Promise.all(
    ['timekeeper', 'replier', 'ledger', 'try'].map(async (name) => {
      const client = trial.use(new Client({ address, name }));
      await client.start();
      return client;
    }),
  );
  if (!post || !replies || !book || !own) throw new TypeError('Four connections were asked for.');
  const ledger = trial.use(await startLedger({ client: book, folder: join(folder, 'ledger') }));
  const timekeeper = new Timekeeper(post, systemClock, watchOver());
  const replier = new Replier(replies, systemClock, watchOver());
  trial.defer(async () => void (await Promise.all([timekeeper.stop(), replier.stop()])));
  await timekeeper.start();
  await replier.start();
  const identity = { name: 'try', version: 'try' };
  const services = [...live, ...stubsFor(recipe, stubbedQueues(recipe, live, config), outputs)];
  const host = trial.use(
    new Host({ services, address, ...identity, folder: join(folder, 'services'), settings: config.services }),
  );
  await host.start();
  const { recipes, announcements } = config;
  const store = join(folder, 'dispatcher');
  const dispatcher = new Dispatcher({ address, recipes, store, announcements, host: 'try', version: 'try' });
  trial.defer(async () => dispatcher.stop());
  await dispatcher.start();
  const answers = await announced(own, message, seconds);
  const run = answers[0] && ledger.queries.run(answers[0].run);
  return { answers, ...(run ? { run } : {}) };
}

/** The queues of a recipe that get a stub: those that no live service has, and that are not the dispatcher's. */
export function stubbedQueues(recipe: Recipe, live: readonly AnyService[], { services }: Config): ReadonlySet<string> {
  const taken = live.map(({ name, queue }) => services[name]?.queue ?? queue);
  const queues = stepsIn(recipe).flatMap(({ queue }) => (typeof queue === 'string' && queue !== '' ? [queue] : []));
  const others = new Set<string>([...taken, ...names.announcements]);
  return new Set(queues.filter((queue) => !others.has(queue)));
}

function stubsFor(recipe: Recipe, queues: ReadonlySet<string>, outputs: StubOutputs): AnyService[] {
  return Array.from(queues, (queue) => {
    const joins = stepsIn(recipe).some((step) => step['queue'] === queue && isObject(step['join']));
    return stubService(queue, joins, outputs);
  });
}

function stepsIn(recipe: Recipe): JsonObject[] {
  return Object.values(recipe).filter(isObject);
}

async function announced(client: Client, message: JsonObject, seconds: number): Promise<readonly Answer[]> {
  const announcer = new Announcer(client);
  await announcer.start();
  const answers: Answer[] = [];
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    for await (const answer of announcer.announce(announcementQueue(message), message, { signal }))
      answers.push(answer);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return answers;
}
