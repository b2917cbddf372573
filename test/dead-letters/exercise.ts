import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainQueue } from '../../src/dead-letters/drain.ts';
import { reinjectFiles } from '../../src/dead-letters/files.ts';
import type { letterOf } from '../../src/dead-letters/letter.ts';
import { viewOf, type LetterView } from '../../src/dead-letters/letter.ts';
import { look } from '../../src/dead-letters/look.ts';
import { exportQueue, purgeQueue } from '../../src/dead-letters/purge.ts';
import { countOf, deadLetterQueues, deadLettersOf } from '../../src/dead-letters/queues.ts';
import { reinjectQueue } from '../../src/dead-letters/reinject.ts';
import { done, rejected } from '../../src/services/outcome.ts';
import type { ReinjectionRecord } from '../../src/services/record.ts';
import { defineService, type StepInput } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBook } from '../ledger/open-book.ts';
import { announced } from '../ledger/records.ts';

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

/** What dead letters are promised, on any broker. */
export function exerciseDeadLetters(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());
  const connected = async (namespace = uniqueNamespace()): Promise<Client> => {
    const client = new Client({ address: parseBrokerAddress(broker.address(namespace)), name: 'dead letters' });
    await client.start();
    return client;
  };
  const order = () => ({ now: Date.now(), user: 'operator' });
  const forever = new AbortController().signal;

  describe('re-injecting', () => {
    it('runs a dead letter again with its counters cleared, and tells the ledger under ids of its own', async () => {
      const seen: [number, number, boolean][] = [];
      let isMended = false;
      const fragile = defineService({
        name: 'fragile',
        queue: 'work',
        ...told,
        retry: { attempts: 2, delay: 0.05, factor: 1 },
        process: ({ attempt, deferral }: StepInput<unknown>) => {
          seen.push([attempt, deferral, isMended]);
          if (isMended) return done();
          throw new Error('no disk');
        },
      });
      const namespace = uniqueNamespace();
      await using site = await Site.start(broker.address(namespace), [fragile]);
      await using client = await connected(namespace);
      const run = await site.run({ 1: { queue: 'work' }, start: [[1, 'begin']] });
      const [dead] = await site.settled(1, 'dead');
      isMended = true;
      const queue = deadLettersOf(client, 'work');
      expect(await reinjectQueue(client, queue, order, { signal: forever })).toEqual({
        moved: 1,
        left: [],
        interrupted: false,
      });
      const [again] = await site.settled(1, 'done');
      expect(again).toMatchObject({ run, key: dead?.key, attempt: 1, reinjected: 1 });
      const key = dead?.key ?? '';
      expect([dead?.id, again?.id]).toEqual([`${key}.2.0`, `${key}.1.0.r1`]);
      const record = await site.recorded((one): one is ReinjectionRecord => one.kind === 'reinjection');
      expect(record).toMatchObject({ id: `${key}.r1`, run, step: 1, user: 'operator' });
      expect(seen).toEqual([
        [1, 0, false],
        [2, 0, false],
        [1, 0, true],
      ]);
      expect(await countOf(client, queue)).toBe(0);
      await using ledger = await openBook();
      ledger.enter([announced(run), ...site.records]);
      expect(ledger.run(run)).toMatchObject({ state: 'finished', waiting: 0, failed: 0 });
      expect(ledger.step(run, 1)).toMatchObject({ sent: 2, dead: 1, done: 1, retries: 1 });
    });

    it('keeps the headers of the sender, and none of its death', async () => {
      await using client = await connected();
      const died = {
        'baton-error-code': 'x',
        'baton-last-failure': '5',
        'original-destination': client.queue('other'),
      };
      const own = { priority: '7', 'baton-key': 'k', 'baton-attempt': '3', 'zocalo.go.user': 'gda' };
      await client.send({ destination: deadLettersOf(client, 'work'), headers: { ...own, ...died }, body: 'böse' });
      await reinjectQueue(client, deadLettersOf(client, 'DLQ.work'), order, { signal: forever });
      const letters = await contents(client, client.queue('other'));
      expect(letters).toHaveLength(1);
      expect(letters[0]?.body.toString()).toBe('böse');
      const { headers = {} } = letters[0] ?? {};
      expect(headers).toMatchObject({
        ...own,
        'baton-attempt': '1',
        'baton-reinjected': '1',
        'dlq-reinjected': 'True',
      });
      expect(Object.keys(headers).filter((name) => /error|failure|original/.test(name))).toEqual([]);
    });

    it('takes as many as it is told, and what dies again meanwhile not a second time', async () => {
      const dying = defineService({ name: 'dying', queue: 'work', ...told, process: () => rejected('still ill') });
      const namespace = uniqueNamespace();
      await using site = await Site.start(broker.address(namespace), [dying]);
      await using client = await connected(namespace);
      for (let n = 0; n < 60; n += 1) await site.run({ 1: { queue: 'work' }, start: [[1, n]] });
      await site.settled(1, 'dead', 60);
      const queue = deadLettersOf(client, 'work');
      expect(await reinjectQueue(client, queue, order, { signal: forever, limit: 7 })).toMatchObject({ moved: 7 });
      await site.settled(1, 'dead', 67);
      expect(await reinjectQueue(client, queue, order, { signal: forever })).toMatchObject({ moved: 60, left: [] });
      await site.settled(1, 'dead', 127);
      expect(await countOf(client, queue)).toBe(60);
      expect(new Set(site.records.map(({ id }) => id)).size).toBe(site.records.length);
    });

    it('leaves what cannot be sent in its place, with the reason, and takes the others', async () => {
      await using client = await connected();
      const queue = deadLettersOf(client, 'work');
      const letter = (to: string) => ({ destination: queue, headers: { 'original-destination': to }, body: '1' });
      await client.transact({
        ack: [],
        send: [letter(client.queue('a')), letter('/queue/a,b'), letter(client.queue('a'))],
      });
      const { moved, left } = await reinjectQueue(client, queue, order, { signal: forever });
      expect(moved).toBe(2);
      expect(left).toMatchObject([{ reason: expect.stringContaining('/queue/a,b') as string }]);
      expect(await countOf(client, queue)).toBe(1);
    });

    it('takes those that are meant out of several kinds; the others keep their places and their order', async () => {
      await using client = await connected();
      const queue = deadLettersOf(client, 'work');
      await fill(client, queue, 700);
      const isMeant = (n: number): boolean => n % 3 === 1;
      const wants = ({ headers }: Delivery): boolean => isMeant(Number(headers['baton-key']));
      const numbers = Array.from({ length: 700 }, (_, n) => n);
      const canary = await reinjectQueue(client, queue, order, { signal: forever, wants, limit: 1 });
      expect(canary).toEqual({ moved: 1, left: [], interrupted: false });
      const told: number[] = [];
      const onMoved = (_: number, those: readonly Delivery[]) =>
        void told.push(...those.map(({ headers }) => Number(headers['baton-key'])));
      const rest = await reinjectQueue(client, queue, order, { signal: forever, wants, onMoved });
      const meant = numbers.filter(isMeant);
      expect(rest).toEqual({ moved: meant.length - 1, left: [], interrupted: false });
      expect(told).toEqual(meant.slice(1));
      const text = ({ body }: { readonly body: Buffer }): number => Number(body.toString());
      expect((await contents(client, client.queue('work'))).map(text)).toEqual(meant);
      expect((await contents(client, queue)).map(text)).toEqual(numbers.filter((n) => !isMeant(n)));
    });

    it('ends after the transaction under way when it is told to, and loses nothing', async () => {
      await using client = await connected();
      const queue = deadLettersOf(client, 'work');
      await fill(client, queue, 90);
      const stop = new AbortController();
      const options = { signal: stop.signal, onMoved: () => stop.abort() };
      const { moved, interrupted } = await reinjectQueue(client, queue, order, options);
      expect(interrupted).toBe(true);
      expect(moved).toBeLessThan(90);
      expect((await countOf(client, queue)) ?? 0).toBe(90 - moved);
      expect(await countOf(client, client.queue('work'))).toBe(moved);
    });
  });

  describe('files', () => {
    it('of purged letters are those of zocalo.dlq_purge, and bring the letters back as they were', async () => {
      await using client = await connected();
      await using folder = await temporaryFolder();
      const queue = deadLettersOf(client, 'work');
      const bodies = ['{"payload": 12345678901234567890}', '{"a":1}', 'no JSON', Buffer.from([0xff, 0x00, 0x0a])];
      for (const [n, body] of bodies.entries())
        await client.send({ destination: queue, headers: { 'baton-key': `key ${n}`, own: 'ä:\n' }, body });
      const before = await contents(client, queue);
      expect(await purgeQueue(client, queue, folder.path, { signal: forever })).toMatchObject({ moved: 4, left: [] });
      expect(await countOf(client, queue)).toBe(0);
      const files = await filesIn(folder.path);
      for (const file of files) expect(file).toMatch(/\/\d{4}-\d\d-\d\d\/msg-\d{8}-\d{6}-\d{3}-[\w.-]+$/);
      const second = JSON.parse(await readFile(files.find((_, n) => n === 1) ?? '', 'utf8')) as Record<string, unknown>;
      expect(second).toMatchObject({
        exported: { date: expect.stringMatching(/^\d{4}-/) as string, time: expect.stringMatching(/^\d\d:/) as string },
        header: { destination: queue, own: 'ä:\n', 'baton-key': expect.stringMatching(/^key/) as string },
      });
      const removed: string[] = [];
      const sent = async (confirmed: readonly string[]) => void removed.push(...confirmed);
      expect(await reinjectFiles(client, files, order(), { signal: forever, sent })).toMatchObject({
        sent: 4,
        left: [],
      });
      expect(removed).toEqual(files);
      const after = await contents(client, client.queue('work'));
      const essence = (letters: typeof after) =>
        letters.map(({ headers, body }) => [headers['baton-key'], headers['own'], body.toString('hex')]).sort();
      expect(essence(after)).toEqual(essence(before));
    });

    it('that Zocalo wrote are sent again; others are named, with what was expected', async () => {
      await using client = await connected();
      await using folder = await temporaryFolder();
      const header = {
        'message-id': 'ID:1',
        destination: '/queue/DLQ.x',
        'original-destination': client.queue('work'),
      };
      const letter = { exported: { date: '2026-01-31', time: '12:00:00' }, header, message: { payload: [1, 'é'] } };
      const [good, bad] = [join(folder.path, 'good'), join(folder.path, 'bad')];
      await writeFile(good, JSON.stringify(letter));
      await writeFile(bad, '{"header": 5}');
      const sent = async () => undefined;
      const came = await reinjectFiles(client, [bad, good], order(), { signal: forever, sent });
      expect(came).toMatchObject({
        sent: 1,
        left: [{ file: bad, reason: expect.stringContaining('header') as string }],
      });
      const [back] = await contents(client, client.queue('work'));
      expect(JSON.parse(back?.body.toString() ?? '')).toEqual({ payload: [1, 'é'] });
    });

    it('are the same when a purge is done again after its end was never confirmed', async () => {
      await using client = await connected();
      await using folder = await temporaryFolder();
      const queue = deadLettersOf(client, 'work');
      await fill(client, queue, 30);
      await exportQueue(client, queue, folder.path);
      const copies = await filesIn(folder.path);
      expect(copies).toHaveLength(30);
      await purgeQueue(client, queue, folder.path, { signal: forever });
      expect(await filesIn(folder.path)).toEqual(copies);
    });
  });

  it('are shown with cause, step and run, and stay where they are, however many', async () => {
    await using client = await connected();
    const queue = deadLettersOf(client, 'work');
    await fill(client, queue, 900);
    const views: LetterView[] = [];
    const looked = await look(client, queue, (letter) => void views.push(viewOf(letter)));
    expect(looked).toEqual({ seen: 900, waiting: 900 });
    expect(new Set(views.map(({ id }) => id)).size).toBe(900);
    expect(views[0]).toMatchObject({ code: 'ill', message: 'It is ill.', origin: client.queue('work'), reinjected: 0 });
    expect(await deadLetterQueues(client)).toEqual([{ name: 'DLQ.work', destination: queue, count: 900 }]);
    const { moved } = await reinjectQueue(client, queue, order, { signal: forever });
    expect(moved).toBe(900);
    expect((await contents(client, client.queue('work'), 3)).map(({ body }) => body.toString())).toEqual([
      '0',
      '1',
      '2',
    ]);
  });

  it('a queue is drained into another, headers and order kept', async () => {
    await using client = await connected();
    await fill(client, client.queue('from'), 40);
    const [from, to] = [client.queue('from'), client.queue('to')];
    expect(await drainQueue(client, from, to, { signal: forever })).toMatchObject({ moved: 40 });
    const there = await contents(client, to);
    expect(there.map(({ body }) => Number(body.toString()))).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(there[39]?.headers).toMatchObject({ 'baton-key': '39', 'baton-error-code': 'ill' });
  });
}

const told = { description: 'A service of a test.', parameters: { type: 'object' } } as const;

async function fill(client: Client, destination: string, count: number): Promise<void> {
  const headers = { 'baton-error-code': 'ill', 'baton-error-message': 'It is ill.' };
  const send = Array.from({ length: count }, (_, n) => ({
    destination,
    headers: { ...headers, 'baton-key': String(n) },
    body: String(n),
  }));
  await client.transact({ ack: [], send });
}

async function contents(client: Client, destination: string, most = 1_000): Promise<ReturnType<typeof letterOf>[]> {
  const found: ReturnType<typeof letterOf>[] = [];
  await look(client, destination, (letter) => void found.push(letter), most);
  return found;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
