import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { processesBelow } from '../compute/processes.ts';
import { run, type Ended } from '../fixtures/baton.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { payloadOf, Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const baton = join(import.meta.dirname, '../../examples/command/baton.sh');

describe('baton wrap', () => {
  it('runs the program of a step, and sends what comes of it over the channels of its recipe', async () => {
    await using here = await wrapping('echo seen; . "$1"; baton_progress 0.5 half; baton_send result 7');
    const ended = await here.wrap();
    expect(ended.json()).toMatchObject({ outcome: 'success', report: { name: 'work', exit_code: 0, log: 'seen\n' } });
    expect(ended.code).toBe(0);
    expect(await here.told('starting')).toEqual({ a: 1, program: { name: 'work' } });
    expect(await here.told('updates')).toEqual({ progress: 0.5, message: 'half' });
    expect(await here.told('result')).toBe(7);
    expect(await here.told('success')).toMatchObject({ a: 1, program: { exit_code: 0 } });
    expect(await here.told('completed')).toMatchObject({ outcome: 'success' });
  });

  it('exits 1 when the program fails, and tells the failure', async () => {
    await using here = await wrapping('echo no crystal; exit 3');
    const ended = await here.wrap();
    expect([ended.code, ended.json()]).toMatchObject([1, { outcome: 'failure', report: { exit_code: 3 } }]);
    expect(await here.told('failure')).toMatchObject({ error: { code: 'command.failed' } });
    expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
  });

  it('tells the error links where the recipe links no failures', async () => {
    await using here = await wrapping('exit 3', { output: { completed: 6 }, error: 5 });
    expect((await here.wrap()).code).toBe(1);
    expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
    expect(await here.told('failure')).toMatchObject({ error: { code: 'command.failed', step: 1 }, payload: { a: 1 } });
  });

  it('runs what stands after --, here, as it stands, in this environment', async () => {
    await using here = await wrapping('exit 9');
    const ended = await here.wrap(['--', 'sh', '-c', 'echo "$0 $1 $PATH"', '$a', '-x']);
    expect(ended.json()).toMatchObject({ report: { name: 'sh', log: `$a -x ${process.env['PATH'] ?? ''}\n` } });
    expect(await here.told('success')).toMatchObject({ a: 1 });
  });

  it('shows what the program prints as it comes, and itself among the services as long as it runs', async () => {
    await using here = await wrapping('echo begins; while ! test -e "$2"; do sleep 0.05; done; echo ends');
    const beats = await here.heartbeats();
    const child = spawn(process.execPath, [main, 'wrap', ...here.arguments.slice(1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(first)).toBe('begins\n');
    const beat = { service: 'Wrapper', statustext: 'processing', task: 'work', controls: [] };
    await expect.poll(() => beats, { timeout: 20_000 }).toContainEqual(expect.objectContaining(beat));
    await writeFile(join(here.path, 'up'), '');
    expect((await text(child.stdout)).split('\n')).toEqual(['ends', '✓ work ended well.', '']);
    await expect.poll(() => beats.at(-1), { timeout: 20_000 }).toMatchObject({ statustext: 'end' });
  });

  it('ends the program when it is ended, and tells so', async () => {
    await using here = await wrapping('touch "$2"; sleep 600');
    const child = spawn(process.execPath, [main, 'wrap', ...here.arguments], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    const up = join(here.path, 'up');
    await expect
      .poll(
        async () =>
          await stat(up).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    child.kill('SIGTERM');
    expect(await exited).toEqual([1, null]);
    expect(await here.told('failure')).toMatchObject({ error: { message: 'baton wrap was ended by SIGTERM.' } });
    expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
    expect(await processesBelow(here.path)).toEqual([]);
  });

  it('runs nothing for a file that is no message, a program that is not there, and without a broker', async () => {
    await using here = await wrapping('touch "$2"');
    await writeFile(join(here.path, 'no-message'), '{"recipe": 1}');
    const message = await here.wrap([], 'no-message');
    expect([message.code, message.stderr]).toEqual([2, expect.stringContaining('no-message is no message to a step')]);
    expect((await here.wrap(['--', 'no-such-program'])).stderr).toContain('There is no program no-such-program.');
    expect((await here.wrap(['--broker', 'stomp://127.0.0.1:1'])).code).toBe(3);
    expect(await readdir(here.path)).not.toContain('up');
  });
});

const channels = ['starting', 'updates', 'success', 'failure', 'completed', 'result'];

/** A message in a file, a site with the program `work`, which gets baton.sh and a file to touch, and a broker. */
async function wrapping(script: string, step: JsonObject = {}): Promise<Wrapping> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startEmbeddedBroker());
  const folder = stack.use(await temporaryFolder());
  const site = stack.use(await Site.start(broker.address(), []));
  const work = { path: '/bin/sh', fixed: ['-c', script, 'work', baton, join(folder.path, 'up')] };
  await writeFile(join(folder.path, 'baton.yaml'), JSON.stringify({ programs: { work } }));
  const output = Object.fromEntries(channels.map((channel, index) => [channel, index + 2]));
  const ends = Object.fromEntries(channels.map((channel, index) => [index + 2, { queue: channel }]));
  const recipe = { 1: { queue: 'x', parameters: { program: 'work' }, output, ...step }, ...ends, start: [[1, []]] };
  const message = { environment: { ID: 'r' }, payload: { a: 1 }, recipe, 'recipe-path': [], 'recipe-pointer': 1 };
  await writeFile(join(folder.path, 'message'), JSON.stringify(message));
  return new Wrapping(site, folder.path, broker.address(), stack.move());
}

class Wrapping implements AsyncDisposable {
  readonly path: string;
  readonly #site: Site;
  readonly #broker: string;
  readonly #stack: AsyncDisposableStack;

  constructor(site: Site, path: string, broker: string, stack: AsyncDisposableStack) {
    this.#site = site;
    this.path = path;
    this.#broker = broker;
    this.#stack = stack;
  }

  get arguments(): readonly string[] {
    const config = join(this.path, 'baton.yaml');
    return ['--json', '--config', config, '--broker', this.#broker, join(this.path, 'message')];
  }

  async wrap(more: readonly string[] = [], message = 'message'): Promise<Ended> {
    const given = [...this.arguments.slice(0, -1), join(this.path, message)];
    return await run(process.execPath, [main, 'wrap', ...given, ...more]);
  }

  /** Those that come from now on. */
  async heartbeats(): Promise<readonly unknown[]> {
    const beats: unknown[] = [];
    const { client } = this.#site;
    await client.subscribe({ destination: client.topic('transient.status'), ack: 'auto' }, ({ body }) => {
      beats.push(JSON.parse(String(body)));
    });
    return beats;
  }

  async told(channel: string): Promise<unknown> {
    return payloadOf(await this.#site.next(this.#site.client.queue(channel)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
