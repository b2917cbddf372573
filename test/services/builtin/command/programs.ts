import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Backend } from '../../../../src/compute/backend.ts';
import { BullMqBackend } from '../../../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../../../src/compute/local.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { commandService } from '../../../../src/services/builtin/command/command.ts';
import type { Program } from '../../../../src/services/builtin/command/program.ts';
import { processesBelow } from '../../../compute/processes.ts';
import { startEmbeddedBroker, type TestBroker } from '../../../fixtures/embedded-broker.ts';
import { Site } from '../../../fixtures/site.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fixtures/temporary-folder.ts';

/** A site with one program, `work`: a shell script, on this host; the folder `data` is where it may work. */
export class ProgramSite implements AsyncDisposable {
  readonly site: Site;
  readonly folder: string;
  readonly #broker: TestBroker;
  readonly #folder: TemporaryFolder;
  readonly #worker: AsyncDisposable | undefined;

  private constructor(site: Site, broker: TestBroker, folder: TemporaryFolder, worker: AsyncDisposable | undefined) {
    this.site = site;
    this.folder = folder.path;
    this.#broker = broker;
    this.#folder = folder;
    this.#worker = worker;
  }

  /** `redis`: by way of that, to a worker in this process. */
  static async start(script: string, program: Partial<Program> = {}, redis?: string): Promise<ProgramSite> {
    const folder = await temporaryFolder();
    await mkdir(join(folder.path, 'data'));
    const work: Program = {
      path: '/bin/sh',
      fixed: ['-c', script, 'work'],
      directories: [join(folder.path, 'data')],
      ...program,
    };
    const local = new LocalBackend({ folder: join(folder.path, 'jobs') });
    const way = redis === undefined ? undefined : { url: redis, prefix: basename(folder.path) };
    const worker = way && new BullMqWorker({ ...way, backend: local, permits: () => undefined });
    await worker?.start();
    const backends = (): Backend[] => [way ? new BullMqBackend(way) : local];
    const broker = await startEmbeddedBroker();
    const service = commandService({ programs: { work }, concurrency: 2, backends });
    return new ProgramSite(await Site.start(broker.address(), [service]), broker, folder, worker);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Runs `work` with these parameters in a recipe that links all channels, each to a queue of its name. */
  async run(parameters: JsonObject = {}, { payload = {}, ...step }: JsonObject = {}): Promise<string> {
    const output = Object.fromEntries(channels.map((channel, index) => [channel, index + 2]));
    const ends = Object.fromEntries(channels.map((channel, index) => [index + 2, { queue: `end.${channel}` }]));
    const own = { queue: 'programs', parameters: { program: 'work', ...parameters }, output, ...step };
    return await this.site.run({ 1: own, ...ends, start: [[1, payload]] });
  }

  /** The payload of the next message on a channel. */
  async told(channel: string): Promise<JsonObject> {
    const { body } = await this.site.next(this.site.client.queue(`end.${channel}`));
    return (JSON.parse(body.toString('utf8')) as { payload: JsonObject }).payload;
  }

  /** Everything that is still there of the programs that ran. */
  async left(): Promise<readonly string[]> {
    return await processesBelow(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
    await this.#worker?.[Symbol.asyncDispose]();
    await this.#broker[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

const channels = [
  'starting',
  'updates',
  'success',
  'failure',
  'completed',
  'result',
  'result-individual-file',
  'result-all-files',
] as const;
