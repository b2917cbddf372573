import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAccess, type Access } from '../../src/access/access.ts';
import { loadConfig } from '../../src/config/load.ts';
import { announcingSite } from '../../src/cli/announcing-site.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { isObject } from '../../src/core/json.ts';
import { Dispatcher } from '../../src/dispatcher/dispatcher.ts';
import { startLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { RunDetail, RunState } from '../../src/ledger/views.ts';
import type { AnnouncingSite } from '../../src/monitor/announcing/announcing-site.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { planRerun, type RerunPlan } from '../../src/monitor/reruns/plan.ts';
import type { RerunWish } from '../../src/monitor/reruns/views.ts';
import { watchOver } from '../../src/services/consumer.ts';
import { names } from '../../src/services/names.ts';
import { Host } from '../../src/services/host.ts';
import { done, send } from '../../src/services/outcome.ts';
import { Replier } from '../../src/services/replier.ts';
import { defineService, type AnyService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

interface Parts {
  readonly ledger: Ledger;
  readonly recipes: string;
  readonly worked: string[];
  readonly site: AnnouncingSite;
  readonly access: Access;
  readonly address: string;
  readonly stack: AsyncDisposableStack;
}

/** A dispatcher, a ledger and some services on a broker, and the means to repeat what they did. */
export class Works implements AsyncDisposable {
  readonly ledger: Ledger;
  /** The folder with the recipes. */
  readonly recipes: string;
  /** What each step was given, as `RUN STEP PAYLOAD`, in no order. */
  readonly worked: string[];
  readonly access: Access;
  /** Of the page, where there is one. */
  readonly address: string;
  readonly #site: AnnouncingSite;
  readonly #stack: AsyncDisposableStack;
  readonly #ended = new Map<string, RunState>();
  #announced = 0;

  private constructor({ ledger, recipes, worked, site, access, address, stack }: Parts) {
    this.ledger = ledger;
    this.recipes = recipes;
    this.worked = worked;
    this.access = access;
    this.address = address.replace(/\/$/, '');
    this.#site = site;
    this.#stack = stack;
  }

  /** On that broker, with that recipe; with a monitor where it is told of the folder with the page. */
  static async open(url: string, recipe: JsonObject, page?: string): Promise<Works> {
    await using opening = new AsyncDisposableStack();
    const folder = opening.use(await temporaryFolder());
    const recipes = join(folder.path, 'recipes');
    await mkdir(recipes);
    await writeFile(join(recipes, 'scan.json'), JSON.stringify(recipe));
    const file = join(folder.path, 'baton.yaml');
    await writeFile(file, JSON.stringify({ recipes, store: folder.path }));
    const config = await loadConfig(file, {}, { shippedRecipes: recipes, workingFolder: folder.path });
    const address = parseBrokerAddress(url);
    const client = opening.use(new Client({ address, name: 'test' }));
    await client.start();
    const ledger = opening.use(await startLedger({ client, folder: join(folder.path, 'ledger') }));
    const { announcements } = config;
    const dispatcher = opening.use(
      new Dispatcher({ address, recipes, store: folder.path, announcements, host: 'test.1', version: '0' }),
    );
    await dispatcher.start();
    const post = opening.use(new Client({ address, name: 'post' }));
    await post.start();
    const replier = new Replier(post, systemClock, watchOver());
    await replier.start();
    opening.defer(() => replier.stop());
    const worked: string[] = [];
    const host = new Host({ services: services(worked), address, name: 'test.2', version: '0', folder: folder.path });
    await host.start();
    opening.defer(() => host.stop(true));
    const site = await announcingSite(config, [], client);
    const access = opening.use(openAccess(join(folder.path, 'access')));
    const monitor =
      page === undefined
        ? undefined
        : opening.use(
            await startMonitor({ access, port: 0, client, ledger, version: '1.2.3', webRoot: page, announcing: site }),
          );
    const works = new Works({
      ledger,
      recipes,
      worked,
      site,
      access,
      address: monitor?.url ?? '',
      stack: opening.move(),
    });
    ledger.events.on('run', ({ id, state }) => works.#ended.set(id, state));
    return works;
  }

  /** Announces, and resolves with the run when it has ended. */
  async run(parameters: JsonObject): Promise<RunDetail> {
    const run = `run-${String((this.#announced += 1))}`;
    return await this.#announce(
      'processing_recipe',
      { recipes: ['scan'], parameters: { ...parameters, guid: run } },
      run,
    );
  }

  async plan(run: string, wish: Partial<RerunWish>): Promise<RerunPlan> {
    return await planRerun(this.ledger.queries, run, { part: 'whole', recipe: 'stored', ...wish }, this.#site);
  }

  /** Repeats it, and resolves with the new run when that has ended. */
  async rerun(run: string, wish: Partial<RerunWish>): Promise<RunDetail> {
    const { message } = await this.plan(run, wish);
    const id = `run-${String((this.#announced += 1))}`;
    return await this.#announce(names.reruns, { ...message, parameters: { ...message.parameters, guid: id } }, id);
  }

  /** What a step of a run was given, sorted. */
  given(run: string, step: number): readonly string[] {
    const before = `${run} ${String(step)} `;
    return this.worked.flatMap((each) => (each.startsWith(before) ? [each.slice(before.length)] : [])).sort();
  }

  async #announce(queue: string, message: JsonObject, run: string): Promise<RunDetail> {
    const signal = AbortSignal.timeout(60_000);
    for await (const answer of this.#site.announce(queue, message, { headers: {}, signal })) {
      if (answer.status !== 'accepted') throw new Error(`${answer.status}: ${answer.reason ?? ''}`);
      break;
    }
    while ((this.#ended.get(run) ?? 'running') === 'running')
      await this.ledger.events.once('run', ({ id }) => id === run);
    const detail = this.ledger.queries.run(run);
    if (!detail) throw new Error(`The ledger has lost ${run}.`);
    return detail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/**
 * `work` sends its payload on, once for each number in its `split`, and fails on what has one of the numbers of its
 * parameter `bad`; `gather` does the same with the members of a join.
 */
function services(worked: string[]): readonly AnyService[] {
  const told = {
    description: 'a service of a test',
    parameters: { type: 'object', properties: { bad: { type: 'array', items: { type: 'number' } } } },
    retry: { attempts: 1 },
  };
  type Step = Parameters<
    NonNullable<Parameters<typeof defineService<{ readonly bad?: readonly number[] }>>[0]['process']>
  >[0];
  const work = ({ run, step, payload, parameters: { bad = [] }, members }: Step, payloads: readonly Json[]): Json => {
    worked.push(
      `${run} ${String(step)} ${JSON.stringify(payloads.length > 1 || members.length > 1 ? payloads : payload)}`,
    );
    const numbers = payloads.map((each) => (isObject(each) ? each['n'] : each));
    if (bad.some((number) => numbers.includes(number))) throw new Error('bad');
    return payload;
  };
  return [
    defineService<{ readonly bad?: readonly number[] }>({
      ...told,
      name: 'worker',
      queue: 'work',
      concurrency: 4,
      process: (step) => done(send(work(step, [step.payload]))),
    }),
    defineService<{ readonly bad?: readonly number[] }>({
      ...told,
      name: 'gatherer',
      queue: 'gather',
      joins: true,
      process: (step) => {
        const payloads = step.members.map(({ payload }) => payload);
        work(step, payloads);
        return done(send(payloads));
      },
    }),
  ];
}
