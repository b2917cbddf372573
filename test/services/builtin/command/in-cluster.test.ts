import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SlurmBackend } from '../../../../src/compute/slurm/backend.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { commandService } from '../../../../src/services/builtin/command/command.ts';
import type { AnyService } from '../../../../src/services/service.ts';
import { processesBelow } from '../../../compute/processes.ts';
import { startEmbeddedBroker } from '../../../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../../../fixtures/require-or-skip.ts';
import { payloadOf, Site } from '../../../fixtures/site.ts';
import { slurmAvailable, TestSlurm } from '../../../fixtures/slurm.ts';
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts';

requireOrSkip('Slurm', slurmAvailable())('a program in a cluster', () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start({ killWait: 5 });
  }, 60_000);
  afterAll(async () => {
    await slurm[Symbol.asyncDispose]();
  }, 30_000);

  it('is told of over the channels of its recipe', async () => {
    const script = `echo '{"channel": "updates", "payload": 0.5}' >> "$BATON_OUTPUT"; echo working; while [ ! -e "$1" ]; do sleep 0.02; done`;
    await using here = await InCluster.start(slurm, script);
    await here.run();
    expect(await here.told('starting')).toMatchObject({ item: 7, program: { name: 'work' } });
    expect(await here.told('updates')).toBe(0.5);
    await writeFile(here.go, '');
    expect(await here.told('success')).toMatchObject({ item: 7, program: { backend: 'slurm', exit_code: 0 } });
    const [handedOver, ended] = await here.site.settled(1, 'done', 2);
    expect(handedOver?.sends).toEqual({ 1: 1, 2: 1 });
    expect(ended).toMatchObject({ sends: { 4: 1, 6: 1 }, program: { backend: 'slurm', exitCode: 0 } });
  });

  it('goes on when its service is gone, and the next service tells its end', async () => {
    await using here = await InCluster.start(slurm, 'echo begun >> "$2"; while [ ! -e "$1" ]; do sleep 0.02; done');
    await here.run();
    await here.begun();
    await here.site.host.stop(true);
    await here.site.settled(1, 'later');
    const next = await here.site.anotherHost();
    await writeFile(here.go, '');
    expect(await here.told('completed')).toMatchObject({ outcome: 'success' });
    expect(await here.lines()).toEqual(['begun']);
    await next.stop();
  });

  it('ends when its run is cancelled while no service is there', async () => {
    await using here = await InCluster.start(slurm, 'echo begun >> "$2"; sleep 600');
    const run = await here.run();
    await here.begun();
    await here.site.host.stop(true);
    await here.site.settled(1, 'later');
    await here.site.cancel(run);
    const next = await here.site.anotherHost();
    await here.site.settled(1, 'cancelled');
    while ((await processesBelow(here.folder)).length > 0) await turn(10);
    await next.stop();
  });

  it('that an administrator cancels is a failure that says so', async () => {
    await using here = await InCluster.start(slurm, 'echo far; echo begun >> "$2"; exec sleep 600');
    await here.run();
    await here.begun();
    await slurm.run('scancel', '--user=root');
    const message = expect.stringMatching(/^work ended with SIGTERM, as it was cancelled in Slurm[^]*\nfar/) as string;
    expect(await here.told('failure')).toMatchObject({ error: { code: 'command.failed', message } });
  });
});

requireOrSkip('Slurm', slurmAvailable())('a program that its node cannot begin', () => {
  it('is tried again where the step has a retry, and says then what the node said', async () => {
    await using slurm = await TestSlurm.start({ killWait: 5 });
    await using here = await InCluster.start(slurm, 'true', '/nowhere/node');
    await here.run({ retry: { attempts: 2, delay: 0.1 } });
    const message = expect.stringContaining('/nowhere/node') as string;
    expect(await here.told('failure')).toMatchObject({ error: { code: 'compute.not-run', message } });
    await here.site.settled(1, 'retry');
  }, 60_000);
});

/** A site whose programs run in a cluster. */
class InCluster implements AsyncDisposable {
  readonly site: Site;
  readonly folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(site: Site, folder: string, stack: AsyncDisposableStack) {
    this.site = site;
    this.folder = folder;
    this.#stack = stack;
  }

  static async start({ conf }: TestSlurm, script: string, node?: string): Promise<InCluster> {
    await using stack = new AsyncDisposableStack();
    const broker = stack.use(await startEmbeddedBroker());
    const { path } = stack.use(await temporaryFolder());
    const folder = join(path, 'jobs');
    await mkdir(folder);
    const files = [join(path, 'go'), join(path, 'book')];
    const programs = { work: { path: '/bin/sh', fixed: ['-c', script, 'work', ...files] } };
    const own = { folder, conf, ...(node === undefined ? {} : { node }) };
    const settings = { ...own, labels: {}, reprocessing: { nice: 100 }, requeue: false, poll: 0.1 };
    const backends = (): SlurmBackend[] => [new SlurmBackend(settings)];
    const service: AnyService = commandService({ programs, concurrency: 10, backends });
    const site = stack.use(await Site.start(broker.address(), [service]));
    return new InCluster(site, path, stack.move());
  }

  get go(): string {
    return join(this.folder, 'go');
  }

  async run(more: JsonObject = {}): Promise<string> {
    const output = Object.fromEntries(channels.map((channel, index) => [channel, index + 2]));
    const ends = Object.fromEntries(channels.map((channel, index) => [index + 2, { queue: `end.${channel}` }]));
    const step = { queue: 'programs', parameters: { program: 'work' }, output, ...more };
    return await this.site.run({ 1: step, ...ends, start: [[1, { item: 7 }]] });
  }

  async told(channel: string): Promise<unknown> {
    return payloadOf(await this.site.next(this.site.client.queue(`end.${channel}`)));
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(join(this.folder, 'book'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  async begun(): Promise<void> {
    while ((await this.lines()).length < 1) await turn(5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const channels = ['starting', 'updates', 'success', 'failure', 'completed'] as const;
