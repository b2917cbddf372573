import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalBackend } from '../../../src/compute/local.ts';
import type { Backend, Job, JobListener, Place } from '../../../src/compute/backend.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { digest, type JsonObject } from '../../../src/core/json.ts';
import { startMessages } from '../../../src/recipes/route.ts';
import type { Recipe } from '../../../src/recipes/recipe.ts';
import type { JobsView, JobView } from '../../../src/monitor/api.ts';
import type { MonitorOptions } from '../../../src/monitor/monitor.ts';
import { commandService } from '../../../src/services/builtin/command/command.ts';
import type { Programs } from '../../../src/services/builtin/command/program.ts';
import { watchOver } from '../../../src/services/consumer.ts';
import { Host } from '../../../src/services/host.ts';
import { newEnvironment, type RunContext } from '../../../src/services/run-context.ts';
import { stepMessages } from '../../../src/services/sending.ts';
import { Timekeeper } from '../../../src/services/timekeeper.ts';
import { parseBrokerAddress } from '../../../src/stomp/address.ts';
import { startEmbeddedBroker, type TestBroker } from '../../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { announced } from '../../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../open-monitor.ts';

/** Milliseconds after which a test that waits for something is told what there is instead. */
const patience = 40_000;

/** A monitor, and on the same broker services that run programs: those go on until they are let go, by a file of their name. */
export class ProgramsAtWork implements AsyncDisposable {
  readonly site: OpenMonitor;
  readonly folder: string;
  readonly #broker: TestBroker;
  readonly #stack: AsyncDisposableStack;
  #hosts = 0;

  private constructor(site: OpenMonitor, folder: string, broker: TestBroker, stack: AsyncDisposableStack) {
    this.site = site;
    this.folder = folder;
    this.#broker = broker;
    this.#stack = stack;
  }

  static async open(options: Partial<MonitorOptions> = {}): Promise<ProgramsAtWork> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder());
    const broker = stack.use(await startEmbeddedBroker());
    const site = stack.use(await openMonitor(options, broker));
    // What was put off comes again.
    const timekeeper = stack.adopt(new Timekeeper(site.client, systemClock, watchOver()), async (each) => each.stop());
    await timekeeper.start();
    return new ProgramsAtWork(site, folder.path, broker, stack.move());
  }

  /** Programs of a site that run until they are let go. */
  programs(...names: readonly string[]): Programs {
    const script = 'while [ ! -e "$1" ]; do sleep 0.02; done';
    const entries = names.map((name) => [
      name,
      { path: '/bin/sh', fixed: ['-c', script, name, join(this.folder, name)] },
    ]);
    return Object.fromEntries(entries) as Programs;
  }

  /** Another process, as it were, with the service `command`; on this host unless it is given backends. */
  async service(
    programs: Programs,
    { cores = 2, perBeamline, backends }: { cores?: number; perBeamline?: number; backends?: () => Backend[] } = {},
  ): Promise<Host> {
    const number = (this.#hosts += 1);
    const folder = join(this.folder, `host-${String(number)}`);
    await mkdir(folder);
    const limits = perBeamline === undefined ? {} : { perBeamline };
    const local = (own: string): Backend[] => [new LocalBackend({ folder: own, capacity: { cores }, ...limits })];
    // What runs is ended.
    const host = this.#stack.adopt(
      new Host({
        services: [commandService({ programs, concurrency: 20, backends: backends ?? local })],
        address: parseBrokerAddress(this.#broker.address('site')),
        ...{ name: `mx-${String(number)}.${String(number)}`, version: '1.2.3', folder },
      }),
      async (each) => each.stop(true),
    );
    await host.start();
    return host;
  }

  /** Starts a run of one step that runs this. */
  async run(program: string, step: JsonObject = {}, context: RunContext = {}): Promise<string> {
    const run = digest('run', Math.random());
    const recipe = {
      1: { service: 'Command', queue: 'programs', parameters: { program, ...step } },
      start: [[1, {}]],
    } as unknown as Recipe;
    const { client } = this.site;
    const now = Date.now();
    await this.site.record(
      announced(run, {
        received: now,
        settled: now,
        recipes: ['processing'],
        parameters: { beamline: context.beamline ?? '' },
      }),
    );
    const start = startMessages(recipe, newEnvironment(run, context), run);
    await client.transact({ ack: [], send: stepMessages(start, { destinations: client, now }) });
    return run;
  }

  /** Lets all programs of that name end. */
  async letGo(program: string): Promise<void> {
    await writeFile(join(this.folder, program), '');
  }

  async jobs(query = ''): Promise<JobsView> {
    return (await this.site.get(`/api/jobs${query}`)).json as JobsView;
  }

  /** What the list says, once it says so. */
  async until(isSo: (view: JobsView) => boolean, query = ''): Promise<JobsView> {
    const late = Promise.withResolvers<never>();
    let view: JobsView | undefined;
    const told = (): void => late.reject(new Error(`It stays so: ${JSON.stringify(view, null, 1)}`));
    const timer = setTimeout(told, patience);
    try {
      for (;;) {
        await using listening = await this.site.listen();
        view = await this.jobs(query);
        if (isSo(view)) return view;
        await Promise.race([listening.next('jobs'), late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The job of that program, once it is so. */
  async job(program: string, isSo: (job: JobView) => boolean): Promise<JobView> {
    const fitting = ({ items }: JobsView): JobView | undefined =>
      items.find((job) => job.program === program && isSo(job));
    const view = await this.until((each) => fitting(each) !== undefined);
    return fitting(view) as JobView;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A backend of several hosts, of which none is there. */
export class Deserted implements Backend {
  readonly name = 'deserted';
  readonly places = async (): Promise<readonly Place[]> => await Promise.resolve([]);

  async start(): Promise<void> {
    await Promise.resolve();
  }

  async run(_job: Job, signal: AbortSignal, listener: JobListener = {}): Promise<never> {
    listener.waits?.('There is nobody here.');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw signal.reason;
  }

  async stop(): Promise<void> {
    await Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
