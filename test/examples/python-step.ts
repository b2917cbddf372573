import { execFile } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { parseEnvelope } from '../../src/recipes/message.ts';
import { startMessages } from '../../src/recipes/route.ts';
import { done, result, send } from '../../src/services/outcome.ts';
import { newEnvironment } from '../../src/services/run-context.ts';
import { countSends, stepMessages } from '../../src/services/sending.ts';
import { defineService } from '../../src/services/service.ts';
import { Host } from '../../src/services/host.ts';
import { startLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { payloadOf, Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, batchOf } from '../ledger/records.ts';
import { PythonProcess } from './python-process.ts';

interface KillableBroker extends AsyncDisposable {
  address(namespace?: string): string;
  kill(signal: 'SIGKILL'): Promise<void>;
  restart(): Promise<void>;
}

const step = { queue: 'scan_peak' };
const sink = { queue: 'out' };

/** What the Python program of examples/languages does as a step of recipes, on whichever broker. `refused` is a queue that it does not take; ActiveMQ takes any. */
export function exercisePythonStep(start: () => Promise<KillableBroker>, refused?: string): void {
  let broker: KillableBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  it('does its work, sends it along the links of the recipe, and tells the ledger', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = await bench.scan('a', '1 5\n2 50 # the peak\n\n3 7\n');
    const recipe = { 1: { ...step, output: { peak: [2, 3], other: 9 } }, 2: sink, 3: { ...sink, queue: 'too' } };
    const run = await bench.site.run({ ...recipe, start: [[1, { file, n: 1 }]] }, { priority: 6 });
    const delivery = await bench.next('out');
    const expected = { file, n: 1, position: 2, count: 50, points: 3 };
    expect(parseEnvelope(delivery.body)).toMatchObject({ payload: expected, path: [1], pointer: 2 });
    expect(delivery.headers).toMatchObject({ 'workflows-recipe': 'True', priority: '6', 'baton-run': run });
    expect(payloadOf(await bench.next('too'))).toEqual(expected);
    const [record] = await bench.site.settled(1, 'done');
    expect(record).toMatchObject({ run, service: 'scan-peak', attempt: 1, path: [], sends: { 2: 1, 3: 1 } });
    expect(record?.outputs[0]).toMatchObject({ step: 2, channel: 'peak', key: delivery.headers['baton-key'] });
  });

  it('understands what Zocalo’s services send, and links without channels', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = await bench.scan('a', '1 5\n');
    const recipe = { 1: { ...step, output: 2 }, 2: sink, start: [[1, []]] };
    const message = { payload: { file }, recipe, 'recipe-pointer': '1', 'recipe-path': [7], environment: { ID: 'z' } };
    await bench.sendRaw(JSON.stringify(message), { 'workflows-recipe': 'True' });
    expect(parseEnvelope((await bench.next('out')).body)).toMatchObject({ path: [7, 1], environment: { ID: 'z' } });
  });

  it('waits for the delay that the recipe wants before a step', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = await bench.scan('a', '1 5\n');
    const began = Date.now();
    await bench.site.run({ 1: { ...step, output: 2 }, 2: { ...sink, 'transport-delay': 0.5 }, start: [[1, { file }]] });
    const { headers } = await bench.next('out');
    expect(Date.now() - began).toBeGreaterThanOrEqual(500);
    expect(headers).not.toHaveProperty('baton-due');
  });

  it('sends what it rejects over the error link that the recipe has for the code, with the cause', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = await bench.scan('flat', '1 5\n2 5\n');
    const recipe = { 1: { ...step, parameters: { least: '100' }, error: { 'no-peak': 2, default: 3 } }, 2: sink };
    await bench.site.run({ ...recipe, 3: { queue: 'elsewhere' }, start: [[1, { file }]] });
    const delivery = await bench.next('out');
    const message = `${file} has no peak: the highest count is 5.`;
    const error = { code: 'no-peak', message, step: 1, service: 'scan-peak', attempt: 1 };
    expect(payloadOf(delivery)).toMatchObject({ error, payload: { file } });
    expect(delivery.headers).toMatchObject({ 'baton-link': 'error' });
    const [record] = await bench.site.settled(1, 'error-link');
    expect(record?.cause).toEqual({ code: 'no-peak', message });
  });

  it('tries again what failed, and takes the recipe’s error link when no attempt is left', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = join(bench.folder, 'late');
    const recipe = { 1: { ...step, retry: { attempts: 2, delay: 0.2 }, output: 2 }, 2: sink, 3: { queue: 'told' } };
    await bench.site.run({ ...recipe, start: [[1, { file: '/nowhere' }]], error: 3 });
    expect(payloadOf(await bench.next('told'))).toMatchObject({ error: { code: 'FileNotFoundError', attempt: 2 } });
    await bench.site.run({
      ...recipe,
      1: { ...recipe[1], retry: { attempts: 50, delay: 0.2 } },
      start: [[1, { file }]],
    });
    await bench.site.settled(1, 'retry', 2);
    await writeFile(file, '1 5\n');
    expect(payloadOf(await bench.next('out'))).toMatchObject({ position: 1 });
  });

  it('puts what nobody wants to be told of into the dead-letter queue, as it was, with the cause in its headers', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const run = await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, 'no file']] });
    const { headers, body } = await bench.nextDead();
    expect(headers).toMatchObject({
      'baton-error-code': 'payload',
      'baton-error-message': 'The payload names no file.',
      'baton-error-step': '1',
      'baton-error-service': 'scan-peak',
      'baton-run': run,
      'original-destination': bench.queue,
    });
    expect(parseEnvelope(body).payload).toBe('no file');
    await bench.site.settled(1, 'dead');
  });

  it('rejects a step with a join or a condition, rather than do something else than the recipe says', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    await bench.site.run({ 1: { ...step, when: { n: 1 }, output: 2 }, 2: sink, start: [[1, { n: 2 }]] });
    expect((await bench.nextDead()).headers).toMatchObject({ 'baton-error-code': 'unsupported' });
  });

  it('goes on past messages that are none, and keeps each with its cause', { timeout: 60_000 }, async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const recipe = { 1: { ...step, output: 2 }, 2: sink, start: [[1, []]] };
    const whole = { environment: { ID: 'r' }, payload: {}, recipe, 'recipe-path': [], 'recipe-pointer': 1 };
    const bodies: (string | Buffer)[] = [
      'no JSON',
      '',
      '[1, 2]',
      'null',
      '{"recipe": NaN}',
      Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]),
      '['.repeat(100_000),
      `{"payload": ${'9'.repeat(10_000)}}`,
      JSON.stringify({ ...whole, recipe: [] }),
      JSON.stringify({ ...whole, environment: 'r' }),
      JSON.stringify({ ...whole, 'recipe-pointer': 5 }),
      JSON.stringify({ ...whole, 'recipe-pointer': '__proto__' }),
      JSON.stringify({ ...whole, 'recipe-pointer': true }),
      JSON.stringify({ ...whole, 'recipe-path': ['one'] }),
    ];
    for (const body of bodies) await bench.sendRaw(body, { 'strange header\\': 'a:b\r\nc', 'baton-attempt': '-1' });
    const dead = [];
    for (const _ of bodies) dead.push(await bench.nextDead());
    expect(dead.map(({ body }) => body.toString('hex'))).toEqual(
      bodies.map((body) => Buffer.from(body).toString('hex')),
    );
    const codes = dead.map(({ headers }) => headers['baton-error-code']);
    expect(new Set(codes)).toEqual(new Set(['recipes.syntax', 'recipes.envelope']));
    const file = await bench.scan('good', '1 5\n');
    await bench.site.run({ ...recipe, start: [[1, { file }]] });
    await bench.next('out');
  });

  if (refused !== undefined) {
    it('goes on past an outcome that the broker does not take, whatever is done', { timeout: 60_000 }, async () => {
      await using bench = await Bench.open(broker.address(uniqueNamespace()));
      const file = await bench.scan('a', '1 5\n');
      await bench.site.run({ 1: { ...step, output: 2 }, 2: { queue: refused }, start: [[1, { file }]] });
      expect((await bench.nextDead()).headers).toMatchObject({ 'baton-error-code': 'refused' });
      await bench.site.settled(1, 'dead');
      await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, { file }]] });
      await bench.next('out');
    });
  }

  it('killed in the middle of its work loses nothing and doubles nothing', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    // A named pipe: its reader waits for the writer, so the test knows when it works, and decides for how long.
    const pipe = join(bench.folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, { file: pipe }]] });
    const first = await open(pipe, 'w');
    await first.write('1 5\n');
    await bench.python.kill();
    await first.close();
    await using _again = await PythonProcess.start(bench.address);
    const second = await open(pipe, 'w');
    await second.write('2 50\n');
    await second.close();
    expect(payloadOf(await bench.next('out'))).toMatchObject({ position: 2, points: 1 });
    await bench.site.settled(1, 'done');
    expect(await bench.left('out', 'scan_peak', 'DLQ.scan_peak')).toEqual([]);
  });

  it('killed again and again does every message once', { timeout: 120_000 }, async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const file = await bench.scan('a', '1 5\n');
    const count = 120;
    const start = Array.from({ length: count }, (_, n) => [1, { file, n }]);
    await bench.collect('out');
    await bench.python.kill();
    await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start });
    for (const kill of [1, 15, 40, 70, 100]) {
      await using _python = await PythonProcess.start(bench.address);
      await bench.collected(kill);
    }
    await using _last = await PythonProcess.start(bench.address);
    await bench.site.settled(1, 'done', count);
    await bench.collected(count);
    expect(await bench.left('scan_peak', 'DLQ.scan_peak')).toEqual([]);
    const numbers = bench.payloads.map(({ n }) => Number(n)).toSorted((a, b) => a - b);
    expect(numbers).toEqual(start.map((_, n) => n));
  });

  it(
    'comes back to a broker that was killed, and settles what it has done meanwhile without doing it again',
    { timeout: 60_000 },
    async () => {
      await using bench = await Bench.open(broker.address(uniqueNamespace()));
      const pipe = join(bench.folder, 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, { file: pipe }]] });
      const works = await open(pipe, 'w');
      await broker.kill('SIGKILL');
      await broker.restart();
      await works.write('3 30\n');
      await works.close();
      // Were its handler run again, it would wait for another writer.
      expect(payloadOf(await bench.next('out'))).toMatchObject({ position: 3 });
    },
  );

  it('tells what it does in heartbeats, and ends when it is asked to, finishing what runs', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    const beats = await bench.heartbeats();
    const idle = await beats((beat) => beat['status'] === 2);
    expect(idle.beat).toMatchObject({ serviceclass: 'scan-peak', service: 'Peak of a scan', host: bench.python.host });
    expect(Number(idle.headers['expires']) - Date.now()).toBeGreaterThan(0);
    const pipe = join(bench.folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, { file: pipe }]] });
    const works = await open(pipe, 'w');
    await beats((beat) => beat['status'] === 4);
    const { client } = bench.site;
    await client.send({ destination: client.topic('command'), body: '{"command": "shutdown", "host": "another.1"}' });
    await client.send({ destination: client.topic('command'), body: 'nonsense' });
    const asked = { command: 'shutdown', host: bench.python.host };
    await client.send({ destination: client.topic('command'), body: JSON.stringify(asked) });
    await works.write('1 5\n');
    await works.close();
    await bench.next('out');
    await beats((beat) => beat['status'] === 6);
    expect(await bench.python.exited()).toBe(0);
  });

  it('ends on SIGTERM, and leaves what it has not begun to others', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    await bench.python.kill('SIGTERM');
    expect(await bench.python.exited()).toBe(0);
    const file = await bench.scan('a', '1 5\n');
    await bench.site.run({ 1: { ...step, output: 2 }, 2: sink, start: [[1, { file }]] });
    await using _other = await PythonProcess.start(bench.address);
    await bench.next('out');
  });

  it('in the middle of a run is accounted for like any other step, and a join behind it closes', async () => {
    await using books = await Books.open(broker.address(uniqueNamespace()));
    await using _python = await PythonProcess.start(books.address);
    const ended = await books.run('r');
    expect(ended).toMatchObject({ state: 'finished', inferred: false, sent: 5, waiting: 0, failed: 0 });
    const { steps, results } = books.ledger.queries.run('r') ?? {};
    expect(results?.map(({ result: found }) => found)).toEqual([[1, 2]]);
    expect(steps?.find((each) => each.step === 1)).toMatchObject({ sent: 2, done: 2, service: 'scan-peak' });
  });

  it('that leaves no records makes the run an inferred one, which ends when it has been silent for long enough', async () => {
    await using books = await Books.open(broker.address(uniqueNamespace()), 1);
    await using _python = await PythonProcess.start(books.address, '--no-records');
    const ended = await books.run('r');
    expect(ended).toMatchObject({ state: 'finished', inferred: true, sent: 5, waiting: 0 });
    const { steps, results } = books.ledger.queries.run('r') ?? {};
    expect(results?.map(({ result: found }) => found)).toEqual([[1, 2]]);
    expect(steps?.find((each) => each.step === 1)).toMatchObject({ inferred: true, sent: 2, done: 2 });
    expect(steps?.find((each) => each.step === 2)).not.toHaveProperty('inferred');
  });
}

/** A site without services of its own, and the Python program. */
class Bench implements AsyncDisposable {
  readonly address: string;
  readonly folder: string;
  readonly site: Site;
  readonly python: PythonProcess;
  readonly payloads: JsonObject[] = [];
  readonly #stack: AsyncDisposableStack;
  #came = Promise.withResolvers<void>();

  private constructor(address: string, folder: string, site: Site, python: PythonProcess, stack: AsyncDisposableStack) {
    this.address = address;
    this.folder = folder;
    this.site = site;
    this.python = python;
    this.#stack = stack;
  }

  static async open(address: string): Promise<Bench> {
    const stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder());
    const site = stack.use(await Site.start(address, []));
    const python = stack.use(await PythonProcess.start(address));
    return new Bench(address, folder.path, site, python, stack);
  }

  /** Full name of the queue that the program consumes. */
  get queue(): string {
    return this.site.client.queue('scan_peak');
  }

  async scan(name: string, text: string): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, text);
    return file;
  }

  async sendRaw(body: string | Buffer, headers: Readonly<Record<string, string>>): Promise<void> {
    await this.site.client.send({ destination: this.queue, headers, body });
  }

  async next(queue: string): Promise<Delivery> {
    return await this.site.next(this.site.client.queue(queue));
  }

  async nextDead(): Promise<Delivery> {
    return await this.site.next(this.queue.replace('/queue/', '/queue/DLQ.'));
  }

  /** What waits in queues: their names, once a message. */
  async left(...queues: readonly string[]): Promise<string[]> {
    const { client } = this.site;
    const found: string[] = [];
    for (const name of queues) {
      const plain = client.queue(name.replace('DLQ.', ''));
      const full = name.startsWith('DLQ.') ? plain.replace('/queue/', '/queue/DLQ.') : plain;
      for await (const _ of client.browse(full)) found.push(name);
    }
    return found;
  }

  /** Takes all messages of a queue from now on. */
  async collect(queue: string): Promise<void> {
    const destination = this.site.client.queue(queue);
    await this.site.client.subscribe({ destination, ack: 'auto' }, (delivery) => {
      this.payloads.push(payloadOf(delivery) as JsonObject);
      this.#came.resolve();
      this.#came = Promise.withResolvers();
    });
  }

  async collected(count: number): Promise<void> {
    while (this.payloads.length < count) await this.#came.promise;
  }

  /** Listens to heartbeats from now on; what is returned waits for one. */
  async heartbeats(): Promise<(wanted: (beat: JsonObject) => boolean) => Promise<Heard>> {
    const heard: Heard[] = [];
    let came = Promise.withResolvers<void>();
    const destination = this.site.client.topic('transient.status');
    await this.site.client.subscribe({ destination, ack: 'auto' }, ({ headers, body }) => {
      const beat = JSON.parse(body.toString('utf8')) as JsonObject;
      if (beat['serviceclass'] === 'scan-peak') heard.push({ headers, beat });
      came.resolve();
      came = Promise.withResolvers();
    });
    return async (wanted) => {
      for (;;) {
        const found = heard.find(({ beat }) => wanted(beat));
        if (found) return found;
        await came.promise;
      }
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

interface Heard {
  readonly headers: Readonly<Record<string, string>>;
  readonly beat: JsonObject;
}

/** A ledger, and a service of Baton's own that joins what the Python program found. */
class Books implements AsyncDisposable {
  readonly address: string;
  readonly ledger: Ledger;
  readonly #client: Client;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(address: string, folder: string, client: Client, ledger: Ledger, stack: AsyncDisposableStack) {
    this.address = address;
    this.#folder = folder;
    this.#client = client;
    this.ledger = ledger;
    this.#stack = stack;
  }

  static async open(address: string, quietAfter?: number): Promise<Books> {
    const stack = new AsyncDisposableStack();
    const { path: folder } = stack.use(await temporaryFolder());
    const clients = ['test', 'ledger'].map((name) =>
      stack.use(new Client({ address: parseBrokerAddress(address), name })),
    );
    await Promise.all(clients.map(async (client) => client.start()));
    const [client, book] = clients;
    if (!client || !book) throw new TypeError('Two connections were asked for.');
    const options = {
      client: book,
      folder: join(folder, 'ledger'),
      ...(quietAfter === undefined ? {} : { quietAfter }),
    };
    const ledger = stack.use(await startLedger(options));
    const identity = { name: 'test.1', version: '0', folder: join(folder, 'host') };
    const host = stack.use(
      new Host({ services: [joined, recorder], address: parseBrokerAddress(address), ...identity }),
    );
    await host.start();
    return new Books(address, folder, client, ledger, stack);
  }

  /** Two scans through Python, joined; resolves when the run has ended. */
  async run(id: string): Promise<unknown> {
    const files = await Promise.all(
      [1, 2].map(async (n) => {
        const file = join(this.#folder, `scan-${n}`);
        await writeFile(file, `${n} 5\n`);
        return { file };
      }),
    );
    const recipe: JsonObject = {
      1: { ...step, output: { peak: 2 } },
      2: { queue: 'joined', join: { count: 2, order: 'position' }, output: 3 },
      3: { queue: 'recorder' },
      start: files.map((payload) => [1, payload]),
    };
    const ended = this.ledger.events.once('run', ({ id: run, state }) => run === id && state === 'finished');
    const messages = startMessages(recipe as Recipe, newEnvironment(id, {}), id);
    const record = announced(id, { recipe, sends: countSends(messages) });
    const told = { destination: this.#client.queue('baton.ledger'), body: batchOf(record).toString() };
    const sends = stepMessages(messages, { destinations: this.#client, now: Date.now() });
    await this.#client.transact({ ack: [], send: [told, ...sends] });
    return await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const joined = defineService({
  name: 'joined',
  description: 'Joins positions',
  queue: 'joined',
  parameters: { type: 'object' },
  joins: true,
  process: ({ members }) => done(send(members.map(({ payload }) => (payload as JsonObject)['position'] ?? null))),
});

const recorder = defineService({
  name: 'recorder',
  description: 'Makes its payload the result',
  queue: 'recorder',
  parameters: { type: 'object' },
  process: ({ payload }) => done(result(payload)),
});
