import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PartDefinition } from '../../src/services/child.ts';
import { Supervisor } from '../../src/services/supervisor.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const entry = new URL('../fixtures/fragile-part.ts', import.meta.url);
const backoff = { delay: 0.05, factor: 1, maxDelay: 0.1 };

/** A supervised process with the fragile service, and a site to send it messages. */
async function supervised(
  part: Partial<PartDefinition> = {},
): Promise<{ supervisor: Supervisor; site: Site } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startEmbeddedBroker());
  const folder = stack.use(await temporaryFolder());
  const site = stack.use(await Site.start(broker.address(), []));
  const begin = { address: broker.address(), folder: folder.path };
  const supervisor = stack.use(
    new Supervisor({
      entry,
      parts: [{ name: 'fragile', begin, ...part }],
      folder: join(folder.path, 'guard'),
      backoff,
    }),
  );
  await supervisor.start();
  const all = stack.move();
  return { supervisor, site, [Symbol.asyncDispose]: async () => all.disposeAsync() };
}

/** Limits the memory of processes that are started meanwhile, in megabytes: filling what they have by default takes long. */
function heapsOf(megabytes: number): Disposable {
  const { NODE_OPTIONS: before = '' } = process.env;
  process.env['NODE_OPTIONS'] = `${before} --max-old-space-size=${megabytes}`;
  return { [Symbol.dispose]: () => void (process.env['NODE_OPTIONS'] = before) };
}

describe('a supervisor', () => {
  it('dead-letters the message that kills its process three times, and no other that ran beside it', async () => {
    await using here = await supervised();
    const deaths: readonly string[][] = [];
    here.supervisor.events.on('died', ({ running }) => (deaths as string[][]).push([...running]));
    await here.site.run({
      1: { queue: 'work' },
      start: [
        [1, { ms: 200 }],
        [1, { ms: 200 }],
        [1, 'die'],
        [1, 'fine'],
        [1, 'fine'],
        [1, 'fine'],
      ],
    });
    await here.site.settled(1, 'done', 5);
    const [dead] = await here.site.settled(1, 'dead');
    expect(dead?.cause?.code).toBe('crashed');
    expect(dead?.cause?.message).toContain('about to die');
    expect(deaths).toHaveLength(3);
    // Once a suspect, it ran alone: nothing innocent could be counted a second time.
    expect(deaths.slice(1).map((running) => running.length)).toEqual([1, 1]);
  });

  it('finds each message that kills its process, whatever way it does, tells how, and lets all others be done', async () => {
    using _small = heapsOf(100);
    await using here = await supervised();
    const ways = ['exit as if all were well', 'abort', 'throw', 'leak'];
    const start = [...ways, ...Array.from({ length: 6 }, () => 'fine')].map((payload) => [1, payload]);
    await here.site.run({ 1: { queue: 'work' }, start });
    await here.site.settled(1, 'done', 6);
    const dead = await here.site.settled(1, 'dead', ways.length);
    const causes = dead.map(({ cause }) => cause?.message ?? '').join('\n');
    expect(dead.map(({ cause }) => cause?.code)).toEqual(ways.map(() => 'crashed'));
    for (const sign of ['exit code 0', 'SIGABRT', 'thrown outside of its promise', 'out of memory'])
      expect(causes).toContain(sign);
  }, 60_000);

  it.each(['block once', 'ignore the time-out once'])(
    'takes the process of a handler that goes on after its time-out, and tries again: %s',
    async (way) => {
      await using here = await supervised();
      const died = here.supervisor.events.once('died');
      await here.site.run({ 1: { queue: 'work', timeout: 0.2 }, start: [[1, way]] });
      expect((await died).running).toHaveLength(1);
      await here.site.settled(1, 'done');
    },
    30_000,
  );

  it('starts a process again that ends by itself with an error', async () => {
    await using here = await supervised();
    const died = here.supervisor.events.once('died');
    const ready = here.supervisor.events.once('ready');
    await here.site.run({ 1: { queue: 'work' }, start: [[1, 'exit']] });
    expect(await died).toMatchObject({ part: 'fragile', how: '3' });
    await ready;
    await here.site.run({ 1: { queue: 'work' }, start: [[1, 'fine']] });
    await here.site.settled(1, 'done');
  });

  it('starts a process again that was up and then refuses to start once', async () => {
    await using here = await supervised();
    const refused = here.supervisor.events.once('refused');
    await here.site.run({ 1: { queue: 'work' }, start: [[1, 'refuse the next start']] });
    await refused;
    await here.site.settled(1, 'done');
  });

  it('leaves a process ended that was asked to shut down over the broker', async () => {
    await using here = await supervised();
    const stopped = here.supervisor.events.once('stopped');
    const { client } = here.site;
    await client.send({ destination: client.topic('command'), body: '{"command":"shutdown","service":"fragile"}' });
    await stopped;
    expect(here.supervisor.running()[0]?.pid).toBeUndefined();
  });

  it('has a process stand back behind others, also the one that takes its place', async () => {
    await using here = await supervised({ niceness: 3 });
    const niceness = (): number => getPriority(here.supervisor.running()[0]?.pid ?? 0);
    expect(niceness()).toBe(getPriority() + 3);
    const died = here.supervisor.events.once('died');
    const ready = here.supervisor.events.once('ready');
    await here.site.run({ 1: { queue: 'work' }, start: [[1, 'exit']] });
    await Promise.all([died, ready]);
    expect(niceness()).toBe(getPriority() + 3);
  });

  it('stops its processes when what they work on is settled', async () => {
    await using here = await supervised();
    await here.site.run({ 1: { queue: 'work' }, start: [[1, { ms: 300 }]] });
    await expect.poll(() => here.supervisor.running()[0]?.messages).toHaveLength(1);
    await here.supervisor.stop();
    await here.site.settled(1, 'done');
  });
});
