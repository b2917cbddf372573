import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digest } from '../../src/core/json.ts';
import { startLedger, type Ledger, type LedgerOptions } from '../../src/ledger/ledger.ts';
import { Queries } from '../../src/ledger/queries.ts';
import { openReader } from '../../src/ledger/store.ts';
import { newsMessage, readNews, type CancellationNews } from '../../src/services/cancellation-news.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, batchOf, cancelled, settled } from '../ledger/records.ts';

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
  kill(signal: 'SIGKILL'): Promise<void>;
  restart(): Promise<void>;
}

const asking = { replyTo: '/queue/answers', correlationId: 'c' };

/** What a ledger does with a broker, whichever it is. */
export function exerciseLedger(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  it('enters what comes, tells of it, and answers for a run that has ended', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    const ended = ledger.events.once('run', ({ state }) => state === 'finished');
    const result = ledger.events.once('result');
    await bench.record(announced('r', asking), settled('r', 1, 'done', { result: { spots: 3 } }));
    expect(await ended).toMatchObject({ id: 'r', sent: 1, waiting: 0 });
    expect(await result).toMatchObject({ run: 'r', result: { step: 1, result: { spots: 3 } } });
    await bench.repliesCame(1);
    const [reply] = bench.replies.values();
    expect(reply?.headers).toMatchObject({ 'baton-key': digest('r', 'final'), 'baton-reply-to': '/queue/answers' });
    expect(bench.lastReply).toMatchObject({ status: 'finished', run: 'r' });
    expect(ledger.queries.run('r')?.state).toBe('finished');
  });

  it('goes on past a message that is no record, and keeps it', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    const ended = ledger.events.once('run', ({ state }) => state === 'finished');
    await bench.client.send({ destination: bench.client.queue('baton.ledger'), body: 'nonsense' });
    await bench.record(announced('r'), settled('r', 1, 'done'));
    await ended;
    expect(ledger.queries.totals().get('malformed')).toBe(1);
  });

  it('finds what came while it was away', async () => {
    await using bench = await Bench.open(broker);
    await (await bench.ledger()).stop();
    await bench.record(announced('r', asking));
    await bench.record(settled('r', 1, 'done'));
    await bench.ledger();
    await bench.repliesCame(1);
  });

  it('goes on past an answer that no broker would take', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    await bench.record(announced('bad', { replyTo: '/queue/answers', correlationId: 'x'.repeat(20_000) }));
    await bench.record(announced('good', asking), settled('bad', 1, 'done'), settled('good', 1, 'done'));
    await bench.record(announced('last', asking), settled('last', 1, 'done'));
    await bench.repliesCame(1);
    expect(ledger.queries.summary('bad')?.state).toBe('finished');
  });

  it('ends an inferred run when it has been silent for long enough', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger({ quietAfter: 0.2 });
    const recipe = { '1': { queue: 'foreign', output: 2 }, '2': { queue: 'queue.2' }, start: [[1, []]] };
    const ended = ledger.events.once('run', ({ state }) => state === 'finished');
    await bench.record(announced('r', { ...asking, recipe }));
    await bench.record(settled('r', 2, 'done', { path: [1] }));
    expect(await ended).toMatchObject({ inferred: true, waiting: 0 });
    await bench.repliesCame(1);
    expect(bench.lastReply).toMatchObject({ status: 'finished', inferred: true });
  });

  it('does not end a run, however silent, while the broker still holds its messages or a service is known to take them', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger({ quietAfter: 0.2 });
    const recipe = { '1': { queue: 'foreign' }, '2': { queue: 'queue.2' }, start: [] };
    await bench.client.send({ destination: bench.client.queue('foreign'), body: 'waits' });
    await bench.record(announced('held', { recipe }));
    await bench.record(announced('slow', { recipe, sends: { '2': 1 } }), settled('other', 2, 'done'));
    await bench.record(announced('gone', { recipe: { '1': { queue: 'drained' }, start: [] } }));
    await ledger.events.once('run', ({ id, state }) => id === 'gone' && state === 'finished');
    expect(['held', 'slow'].map((run) => ledger.queries.summary(run)?.state)).toEqual(['running', 'running']);
  });

  it('tells of a step that has not finished within its budget, once, and not of one that has', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    const told: string[] = [];
    ledger.events.on('overBudget', ({ run, step }) => told.push(`${run} ${String(step)}`));
    const recipe = { '1': { queue: 'queue.1', budget: 1, output: 2 }, '2': { queue: 'queue.2', budget: 1 }, start: [] };
    const now = Date.now();
    await bench.record(announced('quick', { recipe, received: now, settled: now }), settled('quick', 1, 'done'));
    const slow = ledger.events.once('overBudget', ({ step }) => step === 2);
    await bench.record(announced('slow', { recipe, received: now, settled: now }));
    expect(await slow).toMatchObject({ run: 'slow', seconds: 1 });
    expect(ledger.queries.summary('slow')).toMatchObject({ state: 'running', overBudget: 2 });
    const ended = ledger.events.once('run', ({ id, state }) => id === 'slow' && state === 'finished');
    const late = { finished: Date.now(), budget: { seconds: 1, used: 3 } };
    await bench.record(settled('slow', 1, 'done', late));
    await ended;
    expect(told.sort()).toEqual(['slow 1', 'slow 2']);
    expect(ledger.queries.summary('quick')?.overBudget).toBe(0);
  });

  it('tells of a step whose queue nobody reads, and not of one whose service takes what it has and leaves no records', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    const recipe = { '1': { queue: 'unread', budget: 1 }, '2': { queue: 'python', budget: 1 }, start: [] };
    await bench.client.send({ destination: bench.client.queue('unread'), body: 'waits' });
    const [over, now] = [ledger.events.once('overBudget'), Date.now()];
    await bench.record(announced('r', { recipe, received: now, settled: now, sends: { '1': 1, '2': 1 } }));
    expect(await over).toMatchObject({ run: 'r', step: 1 });
    expect(ledger.queries.run('r')).toMatchObject({
      overBudget: 1,
      steps: [{ budget: { over: true } }, { waiting: 1 }],
    });
    expect(ledger.queries.run('r')?.steps[1]?.budget).toEqual({ seconds: 1, over: false });
  });

  it('that was away when a budget was over believes the records that wait for it', async () => {
    await using bench = await Bench.open(broker);
    await (await bench.ledger()).stop();
    const recipe = { '1': { queue: 'queue.1', budget: 1 }, start: [] };
    await bench.record(announced('in time', { recipe, sends: { '1': 2000 } }));
    for (let first = 0; first < 2000; first += 100) {
      const hundred = Array.from({ length: 100 }, (_, n) => settled('in time', 1, 'done', { n: first + n }));
      await bench.record(...hundred);
    }
    await bench.record(announced('never', { recipe }));
    const ledger = await bench.ledger();
    // Both were due long ago, so that they are asked about together.
    expect(await ledger.events.once('overBudget')).toMatchObject({ run: 'never' });
    expect(ledger.queries.summary('in time')).toMatchObject({ state: 'finished', overBudget: 0 });
  });

  it('cancels a run: all services are told, and its announcer, once, when nothing of it waits any more', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    await bench.record(announced('r', { ...asking, sends: { '1': 3 } }), settled('r', 1, 'done'));
    await bench.record(cancelled('r'));
    expect(await bench.heard('answer')).toEqual({ kind: 'answer', run: 'r', state: 'cancelled' });
    expect(ledger.queries.run('r')).toMatchObject({
      state: 'running',
      cancellation: { user: 'ann', reason: 'the wrong sample' },
    });
    await bench.record(settled('r', 1, 'cancelled', { n: 2 }), settled('r', 1, 'dead', { n: 3 }));
    await bench.repliesCame(1);
    expect(bench.lastReply).toMatchObject({
      status: 'failed',
      state: 'cancelled',
      reason: 'The run was cancelled by ann: the wrong sample.',
      counts: { sent: 3, done: 1, cancelled: 1, dead: 1 },
    });
    expect(ledger.queries.summary('r')).toMatchObject({ state: 'cancelled', waiting: 0 });
    expect(await bench.listed()).toEqual([]);
  });

  it('says so when the run to be cancelled has ended, also in the same breath', async () => {
    await using bench = await Bench.open(broker);
    const ledger = await bench.ledger();
    await bench.record(announced('r', asking), settled('r', 1, 'done'), cancelled('r'));
    expect(await bench.heard('answer')).toEqual({ kind: 'answer', run: 'r', state: 'ended', ended: 'finished' });
    await bench.repliesCame(1);
    expect(bench.lastReply).toMatchObject({ status: 'finished' });
    expect(ledger.queries.run('r')).not.toHaveProperty('cancellation');
    expect(await bench.listed()).toEqual([]);
  });

  it('cancels a run that is announced only later', async () => {
    await using bench = await Bench.open(broker);
    await bench.ledger();
    await bench.record(cancelled('r'));
    expect(await bench.heard('answer')).toEqual({ kind: 'answer', run: 'r', state: 'unknown' });
    expect(await bench.listed()).toEqual(['r']);
    await bench.record(announced('r', asking));
    await bench.record(settled('r', 1, 'cancelled'));
    await bench.repliesCame(1);
    expect(bench.lastReply).toMatchObject({ status: 'failed', state: 'cancelled' });
  });

  it('tells what is cancelled to who asks, also after it was killed, and the broker', { timeout: 60_000 }, async () => {
    await using bench = await Bench.open(broker);
    await bench.record(announced('r', asking));
    await bench.record(cancelled('r'));
    {
      await using _first = await ledgerProcess(bench);
      await bench.heard('answer');
    }
    await using ledger = await ledgerProcess(bench);
    expect(await bench.listed()).toEqual(['r']);
    await broker.kill('SIGKILL');
    await broker.restart();
    expect(await bench.listed()).toEqual(['r']);
    await ledger[Symbol.asyncDispose]();
    await bench.record(settled('r', 1, 'cancelled'));
    await using _last = await ledgerProcess(bench);
    await bench.repliesCame(1);
    expect(bench.lastReply).toMatchObject({ status: 'failed', state: 'cancelled' });
    expect(await bench.listed()).toEqual([]);
  });

  it('answers once for each run, and balances, when it is killed again and again', { timeout: 60_000 }, async () => {
    await using bench = await Bench.open(broker);
    const feeding = feed(bench, manyRuns);
    for (const kill of [20, 60, 100, 150]) {
      await using process = await ledgerProcess(bench);
      await bench.repliesCame(kill);
      await process[Symbol.asyncDispose]();
    }
    await feeding;
    await using last = await ledgerProcess(bench);
    await bench.repliesCame(manyRuns.length);
    await last[Symbol.asyncDispose]();
    expect((await bench.answered()).toSorted()).toEqual(manyRuns.toSorted());
    expect(totalsIn(bench.folder)).toMatchObject(balanced);
  });

  it(
    'answers once for each run, and balances, when the broker is killed again and again',
    { timeout: 60_000 },
    async () => {
      await using bench = await Bench.open(broker);
      const ledger = await bench.ledger();
      const feeding = feed(bench, manyRuns);
      for (const kill of [50, 120]) {
        await bench.repliesCame(kill);
        await broker.kill('SIGKILL');
        await broker.restart();
      }
      await feeding;
      await bench.repliesCame(manyRuns.length);
      await ledger.stop();
      expect((await bench.answered()).toSorted()).toEqual(manyRuns.toSorted());
      expect(totalsIn(bench.folder)).toMatchObject(balanced);
    },
  );
}

/** What stands around a ledger in a test: a namespace and a folder of its own, and the replier's end of the queue. */
class Bench implements AsyncDisposable {
  readonly address: string;
  readonly folder: string;
  readonly client: Client;
  /** By the broker's id: a message that is only delivered again is no second reply. */
  readonly replies = new Map<string, Delivery>();
  readonly #stack: AsyncDisposableStack;
  #reply = Promise.withResolvers<void>();
  readonly #news: CancellationNews[] = [];
  #newsCame = Promise.withResolvers<void>();

  private constructor(address: string, folder: string, client: Client, stack: AsyncDisposableStack) {
    this.address = address;
    this.folder = folder;
    this.client = client;
    this.#stack = stack;
  }

  static async open(broker: SuiteBroker): Promise<Bench> {
    const stack = new AsyncDisposableStack();
    const address = broker.address(uniqueNamespace());
    const folder = stack.use(await temporaryFolder());
    const client = stack.use(await connect(address));
    const bench = new Bench(address, folder.path, client, stack);
    const request = { destination: client.queue('baton.replies'), ack: 'client-individual' } as const;
    await client.subscribe(request, (delivery) => bench.#take(delivery));
    const topic = { destination: client.topic('baton.cancelled'), ack: 'auto' } as const;
    await client.subscribe(topic, ({ body }) => bench.#hear(readNews(body)));
    return bench;
  }

  #hear(news: CancellationNews | undefined): void {
    if (!news) return;
    this.#news.push(news);
    this.#newsCame.resolve();
    this.#newsCame = Promise.withResolvers();
  }

  /** What is said of cancelled runs in this way, past or future. */
  async heard<Kind extends CancellationNews['kind']>(kind: Kind): Promise<Extract<CancellationNews, { kind: Kind }>> {
    for (;;) {
      const found = this.#news.findLast((news) => news.kind === kind);
      if (found) return found as Extract<CancellationNews, { kind: Kind }>;
      await this.#newsCame.promise;
    }
  }

  /** The runs that the ledger lists as cancelled when it is asked; if need be again, since a topic keeps nothing. */
  async listed(): Promise<readonly string[]> {
    this.#news.length = 0;
    const ask = (): void =>
      void this.client.send(newsMessage({ kind: 'question' }, this.client)).catch(() => undefined);
    const unlisten = this.client.events.on('connected', ask);
    ask();
    const { runs } = await this.heard('list');
    unlisten();
    return runs;
  }

  #take(delivery: Delivery): void {
    this.replies.set(delivery.messageId, delivery);
    this.client.transact({ ack: [delivery], send: [] }).catch(() => {
      // The connection ended: it comes again.
    });
    this.#reply.resolve();
    this.#reply = Promise.withResolvers();
  }

  async ledger(options: Partial<LedgerOptions> = {}): Promise<Ledger> {
    const client = this.#stack.use(await connect(this.address));
    return this.#stack.use(await startLedger({ client, folder: this.folder, ...options }));
  }

  /** Sends one record message, if need be again: to the ledger that makes no difference. */
  async record(...records: readonly LedgerRecord[]): Promise<void> {
    const message = { destination: this.client.queue('baton.ledger'), body: batchOf(...records).toString() };
    await this.client.send(message).catch(async () => await this.record(...records));
  }

  /** Resolves when so many replies have come. */
  async repliesCame(count: number): Promise<void> {
    while (this.replies.size < count) await this.#reply.promise;
  }

  get lastReply(): unknown {
    return JSON.parse(String([...this.replies.values()].at(-1)?.body)) as unknown;
  }

  /** The runs answered, one entry a reply; what was sent until now is among them. */
  async answered(): Promise<string[]> {
    await this.client.send({ destination: this.client.queue('baton.replies'), body: 'mark' });
    const isMark = ({ body }: Delivery): boolean => String(body) === 'mark';
    while (![...this.replies.values()].some(isMark)) await this.#reply.promise;
    return [...this.replies.values()]
      .filter((reply) => !isMark(reply))
      .map(({ headers }) => headers['baton-run'] ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function connect(address: string): Promise<Client> {
  const backoff = { delay: 0.05, factor: 1, maxDelay: 0.05 };
  const client = new Client({ address: parseBrokerAddress(address), name: 'test', backoff });
  await client.start();
  return client;
}

/** Tells of so many runs, each of which fails with one message done and one dead. */
async function feed(bench: Bench, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await bench.record(announced(id, { ...asking, sends: { '1': 2 } }));
    await bench.record(settled(id, 1, 'done'), settled(id, 1, 'dead', { n: 2 }));
  }
}

const manyRuns = Array.from({ length: 200 }, (_, n) => `run-${String(n)}`);

function totalsIn(folder: string): Record<string, number> {
  const reader = openReader(folder);
  try {
    return Object.fromEntries(new Queries(reader).totals());
  } finally {
    reader.close();
  }
}

const balanced = {
  'announcements.accepted': manyRuns.length,
  'deliveries.done': manyRuns.length,
  'deliveries.dead': manyRuns.length,
  'runs.failed': manyRuns.length,
  'runs.running': 0,
};

/** A ledger in a process of its own, which disposing of it kills. */
async function ledgerProcess({ address, folder }: Bench): Promise<AsyncDisposable> {
  const script = new URL('../ledger/ledger-process.ts', import.meta.url);
  const child = fork(script, [address, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const closed = once(child, 'close');
  await Promise.race([once(child, 'message'), closed]);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
