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
import type { RunDetail } from '../../src/ledger/views.ts';
import type { AnnouncingSite } from '../../src/monitor/announcing/announcing-site.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { planRerun, type RerunPlan } from '../../src/monitor/reruns/plan.ts';
import type { RerunWish } from '../../src/monitor/reruns/views.ts';
import { watchOver } from '../../src/services/consumer.ts';
import { names } from '../../src/services/names.ts';
import { Host } from '../../src/services/host.ts';
import { orAborted } from '../../src/core/abort.ts';
import { done, failed, send, type Outcome } from '../../src/services/outcome.ts';
import { Replier } from '../../src/services/replier.ts';
import { defineService, type AnyService, type StepInput } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

interface Parts {
  readonly held: PromiseWithResolvers<void>;
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
  readonly #held: PromiseWithResolvers<void>;
  readonly #site: AnnouncingSite;
  readonly #stack: AsyncDisposableStack;
  #announced = 0;

  private constructor({ held, ledger, recipes, worked, site, access, address, stack }: Parts) {
    this.#held = held;
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
    const held = Promise.withResolvers<void>();
    const host = new Host({
      services: services(worked, held.promise),
      address,
      name: 'test.2',
      version: '0',
      folder: folder.path,
    });
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
    return new Works({
      held,
      ledger,
      recipes,
      worked,
      site,
      access,
      address: monitor?.url ?? '',
      stack: opening.move(),
    });
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

  /** Announces, and resolves with the id of the run when it has been accepted. */
  async begin(parameters: JsonObject): Promise<string> {
    const run = `run-${String((this.#announced += 1))}`;
    const message = { recipes: ['scan'], parameters: { ...parameters, guid: run } };
    return await this.#accepted('processing_recipe', message, run);
  }

  /** Lets go of what is held (`hold` in the parameters of the announcement). */
  release(): void {
    this.#held.resolve();
  }

  /** The run, when it has ended. */
  async ended(run: string): Promise<RunDetail> {
    while ((this.ledger.queries.summary(run)?.state ?? 'running') === 'running')
      await this.ledger.events.once('run', ({ id, state }) => id === run && state !== 'running');
    const detail = this.ledger.queries.run(run);
    if (!detail) throw new Error(`The ledger has lost ${run}.`);
    return detail;
  }

  async #announce(queue: string, message: JsonObject, run: string): Promise<RunDetail> {
    return await this.ended(await this.#accepted(queue, message, run));
  }

  async #accepted(queue: string, message: JsonObject, run: string): Promise<string> {
    const signal = AbortSignal.timeout(60_000);
    for await (const answer of this.#site.announce(queue, message, { headers: {}, signal })) {
      if (answer.status !== 'accepted') throw new Error(`${answer.status}: ${answer.reason ?? ''}`);
      break;
    }
    while (!this.ledger.queries.summary(run)) await this.ledger.events.once('run', ({ id }) => id === run);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

interface Told {
  readonly bad?: readonly number[];
  readonly hold?: boolean | null;
}

/**
 * `work` sends its payload on, and `gather` those of a join as a list; both fail on what has one of the numbers of the
 * parameter `bad`, and `work` waits to be released where it is to `hold`.
 */
function services(worked: string[], held: Promise<void>): readonly AnyService[] {
  const told = {
    description: 'a service of a test',
    parameters: { type: 'object', properties: { bad: { type: 'array', items: { type: 'number' } }, hold: {} } },
    retry: { attempts: 1 },
  };
  const note = ({ run, step, parameters: { bad = [] } }: StepInput<Told>, payload: Json): Outcome => {
    worked.push(`${run} ${String(step)} ${JSON.stringify(payload)}`);
    const numbers = [payload].flat().map((each) => (isObject(each) ? each['n'] : each));
    return bad.some((number) => numbers.includes(number)) ? failed(new Error('bad')) : done(send(payload));
  };
  return [
    defineService<Told>({
      ...told,
      name: 'worker',
      queue: 'work',
      concurrency: 4,
      process: async (step, { signal }) => {
        if (step.parameters.hold === true) await orAborted(held, signal);
        return note(step, step.payload);
      },
    }),
    defineService<Told>({
      ...told,
      name: 'gatherer',
      queue: 'gather',
      joins: true,
      process: (step) =>
        note(
          step,
          step.members.map(({ payload }) => payload),
        ),
    }),
  ];
}
