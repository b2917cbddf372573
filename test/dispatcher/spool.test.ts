import { link, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { defaultBrokerLimits } from '../../src/broker/limits.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { spool } from '../../src/dispatcher/spool.ts';
import { sendSpooled, SpoolSender } from '../../src/dispatcher/spool-sender.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { freePort } from '../fixtures/free-port.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

describe('announcements spooled, on the embedded broker', () => exerciseSpool(startEmbeddedBroker));

describe('a spooled announcement that is larger than the broker reads', () => {
  it('is put aside with the reason, and holds up no other', async () => {
    await using folder = await temporaryFolder();
    const frame = { ...defaultBrokerLimits.frame, bodyBytes: 10_000 };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { frame } });
    await using inbox = await Inbox.open(`stomp://127.0.0.1:${String(broker.port)}/ns`);
    const announce = async (guid: string, now: number): Promise<string> =>
      await spool(folder.path, { queue: 'data-collection', headers: {}, message: { parameters: { guid } } }, now);
    const large = basename(await announce('x'.repeat(20_000), 1));
    await announce('good', 2);
    const sender = new SpoolSender({ client: inbox.client, folder: folder.path, clock: systemClock, log: silent });
    sender.start();
    expect((await inbox.first(1)).map(guidOf)).toEqual(['good']);
    await sender.stop();
    expect(await readdir(folder.path)).toEqual(['refused']);
    expect(await readFile(join(folder.path, `refused/${large}.reason`), 'utf8')).toContain('exceeds the limit');
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('announcements spooled, on ActiveMQ', () =>
  exerciseSpool(startActiveMQ),
);

function exerciseSpool(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  it('are sent in their order, with their headers, when there is a broker, and leave no file', async () => {
    await using folder = await temporaryFolder();
    await using inbox = await Inbox.open(broker.address(uniqueNamespace()));
    for (let n = 0; n < 30; n += 1) {
      const message = { parameters: { guid: `run-${n}` } };
      await spool(folder.path, { queue: 'data-collection', headers: { 'zocalo.go.user': 'gda' }, message }, 1_000 + n);
    }
    const sender = new SpoolSender({
      client: inbox.client,
      folder: folder.path,
      clock: systemClock,
      log: silent,
      interval: 0.05,
    });
    sender.start();
    expect((await inbox.first(30)).map(guidOf)).toEqual(Array.from({ length: 30 }, (_, n) => `run-${n}`));
    const message = { recipes: ['a'], parameters: { guid: 'later' } };
    await spool(folder.path, { queue: 'processing_recipe', headers: {}, message }, 5_000);
    expect(guidOf((await inbox.first(31))[30])).toBe('later');
    await sender.stop();
    expect(inbox.deliveries[0]?.headers).toMatchObject({ 'zocalo.go.user': 'gda', persistent: 'true' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('get a run id that stays when nobody knows whether they arrived', async () => {
    await using folder = await temporaryFolder();
    await using inbox = await Inbox.open(broker.address(uniqueNamespace()));
    const text = JSON.stringify({ queue: 'data-collection', message: { parameters: { file: '/data/a.nxs' } } });
    const path = join(folder.path, 'a.json');
    await writeFile(path, text);
    // A second name keeps the file, as a death between sending and removing would.
    await link(path, join(folder.path, 'kept'));
    await sendSpooled(inbox.client, folder.path, silent);
    await rename(join(folder.path, 'kept'), path);
    await sendSpooled(inbox.client, folder.path, silent);
    const [one, other] = (await inbox.first(2)).map(guidOf);
    expect(one).toMatch(/^spooled-[0-9a-f]{32}$/);
    expect(other).toBe(one);
  });

  it('stay where they are while there is no broker', async () => {
    await using folder = await temporaryFolder();
    const address = parseBrokerAddress(`stomp://127.0.0.1:${await freePort()}`);
    await using away = new Client({ address, name: 'nobody' });
    await spool(folder.path, { queue: 'data-collection', headers: {}, message: { parameters: {} } }, 1);
    const sender = new SpoolSender({ client: away, folder: folder.path, clock: systemClock, log: silent });
    sender.start();
    await sender.stop();
    expect(await readdir(folder.path)).toHaveLength(1);
  });

  it('that are none are put aside with the reason, and hold up no other', async () => {
    await using folder = await temporaryFolder();
    await using inbox = await Inbox.open(broker.address(uniqueNamespace()));
    const good = { queue: 'data-collection', message: { parameters: { guid: 'good' } } };
    const files: Readonly<Record<string, string>> = {
      '1.json': '{"queue": "data-collection", ',
      '2.json': '{"queue": "data-colection", "message": {}}',
      '3.json': '{"queue": "data-collection", "message": 5}',
      '4.json': '{"queue": "data-collection", "message": {}, "headers": {"baton-key": "mine"}}',
      '5.json': JSON.stringify(good),
      '6.json': JSON.stringify({ ...good, headers: { AMQ_SCHEDULED_REPEAT: '2' } }),
      '.7.json.part': 'being written',
      '8.txt': 'a note',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
    await sendSpooled(inbox.client, folder.path, silent);
    expect((await inbox.first(1)).map(guidOf)).toEqual(['good']);
    expect((await readdir(folder.path)).sort()).toEqual(['.7.json.part', '8.txt', 'refused']);
    const reasons = ['1', '2', '3', '4', '6'].map(async (name) =>
      readFile(join(folder.path, `refused/${name}.json.reason`), 'utf8'),
    );
    expect(await Promise.all(reasons)).toEqual([
      expect.stringContaining('line 1, column 30'),
      expect.stringContaining('did you mean'),
      expect.stringContaining('"message"'),
      expect.stringContaining('baton-key'),
      expect.stringContaining('AMQ_SCHEDULED_REPEAT'),
    ]);
  });
}

/** Reads both announcement queues, as a dispatcher would. */
class Inbox implements AsyncDisposable {
  readonly client: Client;
  readonly deliveries: Delivery[] = [];
  #news = Promise.withResolvers<void>();

  private constructor(url: string) {
    this.client = new Client({ address: parseBrokerAddress(url), name: 'inbox' });
  }

  static async open(url: string): Promise<Inbox> {
    const inbox = new Inbox(url);
    await inbox.client.start();
    for (const queue of ['data-collection', 'processing_recipe']) {
      await inbox.client.subscribe({ destination: inbox.client.queue(queue), ack: 'auto' }, (delivery) => {
        inbox.deliveries.push(delivery);
        inbox.#news.resolve();
      });
    }
    return inbox;
  }

  /** All that came, once it is so much. */
  async first(count: number): Promise<readonly Delivery[]> {
    while (this.deliveries.length < count) {
      await this.#news.promise;
      this.#news = Promise.withResolvers();
    }
    return this.deliveries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.stop();
  }
}

function guidOf(delivery: Delivery | undefined): string {
  const body = JSON.parse(delivery?.body.toString() ?? '{}') as { readonly parameters?: { readonly guid?: string } };
  return body.parameters?.guid ?? '';
}
