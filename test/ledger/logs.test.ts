import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Events } from '../../src/core/events.ts';
import type { LedgerEvents } from '../../src/ledger/events.ts';
import { LogBook } from '../../src/ledger/logs/log-book.ts';
import { LogQueries } from '../../src/ledger/logs/log-queries.ts';
import { LogStore, standardLogLimits, type LogLimits } from '../../src/ledger/logs/log-store.ts';
import { silent } from '../../src/core/log.ts';
import type { LogLevel, LogLine } from '../../src/services/log-line.ts';
import { systemClock } from '../../src/core/clock.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const day = 24 * 3600 * 1000;

it('lines are read by level, by step and from a cursor on, in the order they came', async () => {
  await using open = await openLogs();
  open.store.add([line('r', 1, 'info'), line('r', 2, 'error'), line('other', 1, 'info')], 1);
  open.store.add([line('r', 1, 'warn'), line('r', 1, 'debug')], 2);
  const texts = (filter: object): readonly string[] | undefined =>
    open.queries.lines('r', { limit: 10, ...filter })?.items.map(({ step, level }) => `${String(step)} ${level}`);
  expect(texts({})).toEqual(['1 info', '2 error', '1 warn', '1 debug']);
  expect(texts({ level: 'warn' })).toEqual(['2 error', '1 warn']);
  expect(texts({ step: 2 })).toEqual(['2 error']);
  expect(open.queries.lines('unknown', { limit: 10 })).toBeUndefined();
});

it('whoever pages back and reads on meets every line once', async () => {
  await using open = await openLogs();
  const write = (from: number, to: number): void =>
    open.store.add(
      Array.from({ length: to - from }, (_, index) => ({ ...line('r', 1, 'info'), text: String(from + index) })),
      1,
    );
  write(0, 25);
  const newest = open.queries.lines('r', { limit: 10 });
  const older = open.queries.lines('r', { limit: 10, before: newest?.earlier });
  const oldest = open.queries.lines('r', { limit: 10, before: older?.earlier });
  expect(oldest?.earlier).toBeUndefined();
  write(25, 40);
  const next = open.queries.lines('r', { limit: 10, after: newest?.later });
  const last = open.queries.lines('r', { limit: 10, after: next?.later });
  expect([next?.more, last?.more]).toEqual([true, undefined]);
  const met = [oldest, older, newest, next, last].flatMap((page) => page?.items.map(({ text }) => Number(text)) ?? []);
  expect(met).toEqual(Array.from({ length: 40 }, (_, index) => index));
  const quiet = open.queries.lines('r', { limit: 10, after: last?.later });
  expect(quiet).toMatchObject({ items: [], later: last?.later });
});

it('a run keeps no more lines than it may: the oldest go first, those below a warning before others, and are counted', async () => {
  await using open = await openLogs({ linesPerRun: 100 });
  open.store.add([line('r', 1, 'error')], 1);
  for (let batch = 0; batch < 30; batch += 1)
    open.store.add(
      Array.from({ length: 20 }, () => line('r', 1, 'info')),
      1,
    );
  const page = open.queries.lines('r', { limit: 500 });
  expect(page?.items.length).toBeLessThanOrEqual(100);
  expect(page?.items[0]?.level).toBe('error');
  expect(page?.kept).toBe(page?.items.length);
  expect((page?.kept ?? 0) + (page?.removed ?? 0)).toBe(601);
});

it('all runs together keep no more bytes than they may, and the oldest go', async () => {
  await using open = await openLogs({ bytes: 100_000 });
  for (let run = 0; run < 100; run += 1)
    open.store.add(
      Array.from({ length: 10 }, () => ({ ...line(`r${String(run)}`, 1, 'info'), text: 'x'.repeat(200) })),
      run,
    );
  const bytes = Number(open.store.database.prepare('SELECT SUM(bytes) AS sum FROM lines').get()?.['sum']);
  expect(bytes).toBeLessThanOrEqual(110_000);
  expect(open.queries.lines('r0', { limit: 10 })).toMatchObject({ items: [], kept: 0, removed: 10 });
  expect(open.queries.lines('r99', { limit: 10 })?.items).toHaveLength(10);
});

it('what is too old goes in steps, and the run is forgotten with it', async () => {
  await using open = await openLogs({ days: 1 });
  for (let batch = 0; batch < 3; batch += 1)
    open.store.add(
      Array.from({ length: 400 }, () => line('old', 1, 'info')),
      1_000,
    );
  open.store.add([line('young', 1, 'info')], day);
  let steps = 1;
  while (open.store.sweep(1_001 + day)) steps += 1;
  expect(steps).toBeGreaterThan(2);
  expect(open.queries.lines('old', { limit: 10 })).toBeUndefined();
  expect(open.queries.lines('young', { limit: 10 })?.items).toHaveLength(1);
});

it('a file that is no store of lines is put aside, and holds up nothing', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'logs.sqlite'), 'no database at all, but text, and enough of it to be sure');
  using store = new LogStore(folder.path, standardLogLimits);
  store.add([line('r', 1, 'info')], 1);
  expect(new LogQueries(store.database).lines('r', { limit: 1 })?.items).toHaveLength(1);
});

it('of what comes on the topic a message counts once, and what is too much is counted, not lost without a word', async () => {
  await using open = await openLogs();
  await using broker = await startEmbeddedBroker();
  await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'test' });
  await client.start();
  const events = new Events<LedgerEvents>();
  const book = new LogBook({ client, store: open.store, events, clock: systemClock, log: silent });
  await book.start();
  const send = async (number: number, lines: readonly LogLine[]): Promise<void> => {
    const body = JSON.stringify({ from: 'a', number, lines });
    await client.send({ destination: client.topic('baton.log'), body });
  };
  const heard = (): number => {
    const page = open.queries.lines('flood', { limit: 10_000 });
    const written = page?.items.filter(({ leftOut }) => leftOut === undefined).length ?? 0;
    return written + (page?.leftOut ?? 0);
  };
  const logged = events.once('logged', () => heard() >= 3_600);
  const flood = Array.from({ length: 900 }, () => line('flood', 1, 'info'));
  await client.send({ destination: client.topic('baton.log'), body: 'no lines' });
  await send(1, [line('r', 1, 'info')]);
  await send(1, [line('r', 1, 'info')]);
  for (let number = 2; number < 6; number += 1) await send(number, flood);
  await logged;
  await book.stop();
  expect(open.queries.lines('r', { limit: 10 })?.items).toHaveLength(1);
  expect(heard()).toBe(3_600);
  expect(open.queries.lines('flood', { limit: 1 })?.leftOut).toBeGreaterThan(0);
});

function line(run: string, step: number, level: LogLevel): LogLine {
  return { run, step, level, service: 's', host: 'h.1', key: 'k', attempt: 1, time: 1, text: 'text' };
}

async function openLogs(limits: Partial<LogLimits> = {}) {
  const folder = await temporaryFolder();
  const store = new LogStore(folder.path, { ...standardLogLimits, ...limits });
  return {
    store,
    queries: new LogQueries(store.database),
    [Symbol.asyncDispose]: async () => {
      store[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
