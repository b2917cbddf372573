import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { Book, type Entered } from '../../src/ledger/book.ts';
import { Consumer } from '../../src/ledger/consumer.ts';
import { openStore } from '../../src/ledger/store.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, batchOf, settled } from './records.ts';

/** A clock whose sleeper the test wakes. */
class Patience implements Clock {
  readonly asleep = Promise.withResolvers<void>();
  readonly #awake = Promise.withResolvers<void>();
  now(): number {
    return systemClock.now();
  }
  async sleep(): Promise<void> {
    this.asleep.resolve();
    await this.#awake.promise;
  }
  wake(): void {
    this.#awake.resolve();
  }
}

/** A consumer on a store that the test can get at. */
async function open(clock: Clock = systemClock) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const broker = stack.use(await startEmbeddedBroker());
  const client = stack.use(new Client({ address: parseBrokerAddress(broker.address()), name: 'test' }));
  await client.start();
  const { database, ...store } = stack.use(openStore(folder.path));
  const book = new Book({ ...store, database }, clock, client);
  let entered = Promise.withResolvers<Entered>();
  const onEntered = (news: Entered): void => {
    entered.resolve(news);
    entered = Promise.withResolvers();
  };
  const consumer = stack.adopt(new Consumer({ client, book, clock, log: silent, onEntered }), (one) => one.stop());
  const destination = client.queue('baton.ledger');
  await client.subscribe({ destination, ack: 'client-individual' }, (delivery) => consumer.take(delivery));
  return {
    database,
    consumer,
    /** Sends one message for each list of records, all at once. */
    record: async (...messages: readonly (readonly LedgerRecord[])[]) => {
      const send = messages.map((records) => ({ destination, body: batchOf(...records).toString() }));
      await client.transact({ ack: [], send });
    },
    /** Resolves with the next news of the run. */
    heard: async (run: string) => {
      for (;;) if ((await entered.promise).runs.some(({ id }) => id === run)) return;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe('a ledger whose disk is full', () => {
  it('says so, and goes on when there is room again, with nothing lost', async () => {
    const clock = new Patience();
    await using ledger = await open(clock);
    const pages = ledger.database.prepare('PRAGMA page_count').get()?.['page_count'];
    ledger.database.exec(`PRAGMA max_page_count = ${String(pages)}`);
    const heard = ledger.heard('r');
    await ledger.record([announced('r', { parameters: { long: 'x'.repeat(100_000) } })]);
    await clock.asleep.promise;
    expect(ledger.consumer.trouble).toEqual({ since: expect.any(Number), message: 'database or disk is full' });
    ledger.database.exec('PRAGMA max_page_count = 1000000');
    clock.wake();
    await heard;
    expect(ledger.consumer.trouble).toBeUndefined();
  });
});

describe('a message that reads well and cannot be entered', () => {
  it('is put aside with the reason, while its neighbours are entered', async () => {
    await using ledger = await open();
    ledger.database.exec('DROP TABLE results');
    const heard = ledger.heard('after');
    await ledger.record(
      [announced('before')],
      [announced('bad'), settled('bad', 1, 'done', { result: 1 })],
      [announced('after')],
    );
    await heard;
    const ids = ledger.database.prepare('SELECT id FROM runs ORDER BY seq').all();
    expect(ids.map(({ id }) => id)).toEqual(['before', 'after']);
    expect(ledger.database.prepare('SELECT reason FROM malformed').all()).toEqual([
      { reason: 'no such table: results' },
    ]);
  });
});
