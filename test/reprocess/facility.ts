import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Events } from '../../src/core/events.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Dispatcher } from '../../src/dispatcher/dispatcher.ts';
import { startLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { RunSummary } from '../../src/ledger/views.ts';
import { Reprocessing, type ReprocessingOptions } from '../../src/reprocess/reprocessing.ts';
import type { BackfillRequest, BackfillView } from '../../src/reprocess/views.ts';
import { Host } from '../../src/services/host.ts';
import { done, failed } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** A broker of a test. */
export interface FacilityBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

/** What an announcement of the facility may say otherwise. */
export interface Announced {
  readonly guid: string;
  readonly beamline: string;
  readonly visit: string;
  readonly threshold: number;
}

/** What the one service of the facility was given. */
export interface Work {
  readonly run: string;
  readonly number: number;
  readonly threshold: number;
}

/** The recipe of every run, and of others that do the same. */
export const recipe = {
  '1': { service: 'Find', queue: 'find', parameters: { number: '{number}', threshold: '{threshold}' } },
  start: [[1, {}]],
} satisfies JsonObject;

const parameters = {
  type: 'object',
  properties: {
    number: { type: 'integer' },
    threshold: { type: 'number', minimum: 0, maximum: 100, description: 'counts of a spot' },
  },
} as const;

const fields = { beamline: ['beamline'], visit: ['visit'], collection: ['collection'], runNumber: ['number'] };

/** Nothing holds a back-fill for long, but what a test does. */
const rules = { quietSeconds: 3_600, queueHigh: 1_000, queueLow: 100 };

/** A small facility on a broker: a dispatcher, and a service that notes what it is given. */
export class Facility implements AsyncDisposable {
  readonly address: string;
  readonly folder: string;
  readonly client: Client;
  /** In the order in which the service got it. */
  readonly works: Work[] = [];
  /** Works of these numbers wait until they are let go. */
  readonly kept = new Map<number, PromiseWithResolvers<void>>();
  readonly #events = new Events<{ work: Work }>();
  readonly #stack: AsyncDisposableStack;

  private constructor(address: string, folder: string, stack: AsyncDisposableStack) {
    this.address = address;
    this.folder = folder;
    this.client = new Client({ address: parseBrokerAddress(address), name: 'facility' });
    this.#stack = stack;
  }

  static async open(broker: FacilityBroker): Promise<Facility> {
    await using stack = new AsyncDisposableStack();
    const { path } = stack.use(await temporaryFolder());
    const facility = new Facility(broker.address(uniqueNamespace()), path, stack.move());
    await facility.#start();
    return facility;
  }

  async #start(): Promise<void> {
    const about = { address: parseBrokerAddress(this.address), version: '0' };
    const recipes = join(this.folder, 'recipes');
    await mkdir(recipes);
    for (const name of ['find', 'other']) await this.writeRecipe(name, recipe);
    await this.#stack.use(this.client).start();
    const announcements = { customRecipes: true, fields };
    const store = join(this.folder, 'dispatcher');
    await this.#stack.use(new Dispatcher({ ...about, recipes, store, announcements, host: 'test.1' })).start();
    const folder = join(this.folder, 'services');
    await this.#stack.use(new Host({ ...about, services: [this.#service()], name: 'test.2', folder })).start();
  }

  async writeRecipe(name: string, text: JsonObject): Promise<void> {
    await writeFile(join(this.folder, 'recipes', `${name}.json`), JSON.stringify(text));
  }

  /** Announces a run as acquisition does. */
  async announce(
    number: number,
    more: Partial<Announced> = {},
    recipes: readonly string[] = ['find'],
  ): Promise<string> {
    const guid = more.guid ?? `live-${String(number)}-${more.visit ?? ''}`;
    const about = { beamline: 'i24', visit: 'mx1-1', number, threshold: 10 };
    const body = JSON.stringify({ recipes, parameters: { ...about, guid, ...more } });
    await this.client.send({ destination: this.client.queue('processing_recipe'), body });
    return guid;
  }

  /** The work of a run, past or to come. */
  async worked(isWanted: (work: Work) => boolean): Promise<Work> {
    return this.works.find(isWanted) ?? (await this.#events.once('work', isWanted));
  }

  /** From now on the works of that number wait until this is called. */
  keep(number: number): () => void {
    const kept = Promise.withResolvers<void>();
    this.kept.set(number, kept);
    return () => {
      this.kept.delete(number);
      kept.resolve();
    };
  }

  /** A ledger and reprocessing beside it, as the monitor's process has them. */
  async desk(changes: Partial<Pick<ReprocessingOptions, 'rules' | 'clock'>> = {}): Promise<Desk> {
    return await Desk.open(this.address, this.folder, changes);
  }

  #service() {
    return defineService<{ number: number; threshold: number }>({
      ...{ name: 'find', description: 'Find', queue: 'find', concurrency: 16, timeout: 60, parameters },
      retry: { attempts: 1 },
      channels: { output: 'nothing' },
      process: async ({ run, parameters: given }) => {
        const work = { run, number: given.number, threshold: given.threshold };
        this.works.push(work);
        this.#events.emit('work', work);
        await this.kept.get(work.number)?.promise;
        return work.threshold === 66 ? failed('too many spots') : done();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { resolve } of this.kept.values()) resolve();
    await this.#stack.disposeAsync();
  }
}

/** Ledger and reprocessing of a facility. */
export class Desk implements AsyncDisposable {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly reprocessing: Reprocessing;
  readonly #stack: AsyncDisposableStack;

  private constructor(client: Client, ledger: Ledger, reprocessing: Reprocessing, stack: AsyncDisposableStack) {
    this.client = client;
    this.ledger = ledger;
    this.reprocessing = reprocessing;
    this.#stack = stack;
  }

  static async open(
    address: string,
    folder: string,
    changes: Partial<Pick<ReprocessingOptions, 'rules' | 'clock'>> = {},
    given?: Client,
  ): Promise<Desk> {
    await using stack = new AsyncDisposableStack();
    const client = stack.use(given ?? new Client({ address: parseBrokerAddress(address), name: 'desk' }));
    await client.start();
    const ledger = stack.use(await startLedger({ client, folder: join(folder, 'ledger') }));
    const reprocessing = stack.use(
      new Reprocessing({
        ...{ client, ledger, rules, folder: join(folder, 'reprocess') },
        recipeText: async (name) => await readFile(join(folder, 'recipes', `${name}.json`), 'utf8'),
        services: [{ name: 'find', description: 'Find', queue: 'find', parameters, channels: {} }],
        aboutOf: (announced) => aboutOf(announced),
        ...changes,
      }),
    );
    reprocessing.start();
    return new Desk(client, ledger, reprocessing, stack.move());
  }

  /** The run once it has ended, in the past or to come. */
  async ended(run: string): Promise<RunSummary> {
    const isEnded = (summary: RunSummary | undefined): boolean => summary?.ended !== undefined;
    const now = this.ledger.queries.summary(run);
    if (now && isEnded(now)) return now;
    return await this.ledger.events.once('run', (summary) => summary.id === run && isEnded(summary));
  }

  /** The back-fill once it is as it should be. */
  async until(id: string, isWanted: (backfill: BackfillView) => boolean): Promise<BackfillView> {
    const now = this.reprocessing.one(id);
    if (isWanted(now)) return now;
    return await this.reprocessing.events.once('backfill', (view) => view.id === id && isWanted(view));
  }

  /** Looks, and creates what was shown. */
  async create(request: BackfillRequest): Promise<BackfillView> {
    const { digest } = await this.reprocessing.preview(request);
    return await this.reprocessing.create(request, digest, { by: 'ann', why: 'a test' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function aboutOf({ beamline, visit, number }: JsonObject) {
  return {
    ...(typeof beamline === 'string' ? { beamline } : {}),
    ...(typeof visit === 'string' ? { visit } : {}),
    ...(typeof number === 'number' ? { runNumber: String(number) } : {}),
  };
}

/** A wish for a back-fill of runs by number, fast. */
export function request(numbers: string, changes: Partial<BackfillRequest> = {}): BackfillRequest {
  return {
    selection: { numbers, visit: 'mx1-1' },
    recipe: { use: 'stored' },
    parameters: {},
    pace: { runsPerMinute: 60_000, atOnce: 50 },
    ...changes,
  };
}
