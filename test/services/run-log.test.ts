import fc from 'fast-check';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { startMessages } from '../../src/recipes/route.ts';
import { Host } from '../../src/services/host.ts';
import { LineBuffer } from '../../src/services/line-buffer.ts';
import { longest, readLogMessage, type LogLine, type LogMessage } from '../../src/services/log-line.ts';
import { done, failed } from '../../src/services/outcome.ts';
import { newEnvironment } from '../../src/services/run-context.ts';
import { stepMessages } from '../../src/services/sending.ts';
import { defineService, type AnyService, type Processor } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import type { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { startProxy } from '../fixtures/proxy.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

it('lines of a handler travel with run, step, service, host, key, attempt, level, time and trace', async () => {
  await using broker = await startEmbeddedBroker();
  const service = working((_, { log }) => {
    log.debug('not told');
    log.info({ image: 5 }, 'found %d spots', 12);
    log.child({ run: 'another', part: 2 }).error(new Error('the disk is full'));
    return done();
  });
  await using site = await Site.start(broker.address(), [service]);
  const told = await hear(site.client);
  const run = 'a-run';
  const environment = { ...newEnvironment(run, {}), traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const start = startMessages({ 1: { queue: 'work' }, start: [[1, 'x']] } as unknown as Recipe, environment, run);
  const send = stepMessages(start, { destinations: site.client, now: Date.now() });
  await site.client.transact({ ack: [], send });
  const [first, second] = await told.lines(2);
  const record = (await site.settled(1, 'done'))[0];
  const origin = { run, step: 1, service: 'worker', host: 'test.1', key: record?.key, attempt: 1, trace: traceId };
  expect(first).toMatchObject({ ...origin, level: 'info', text: 'found 12 spots', fields: { image: 5 } });
  expect(second).toMatchObject({ ...origin, level: 'error', text: 'the disk is full' });
  expect(second?.fields).toMatchObject({ err: { type: 'Error', stack: expect.stringContaining('run-log.test') } });
  expect(Math.abs(Date.now() - (first?.time ?? 0))).toBeLessThan(60_000);
});

it('a line says of which attempt it is', async () => {
  await using broker = await startEmbeddedBroker();
  const service = working(({ attempt }, { log }) => {
    log.warn('trying');
    return attempt === 1 ? failed(new Error('no')) : done();
  });
  await using site = await Site.start(broker.address(), [service]);
  const told = await hear(site.client);
  await site.run({ 1: { queue: 'work', retry: { attempts: 2, delay: 0.1 } }, start: [[1, 'x']] });
  expect((await told.lines(2)).map(({ attempt }) => attempt)).toEqual([1, 2]);
});

it('of a million lines in a loop the first are told, and the rest is counted', async () => {
  await using broker = await startEmbeddedBroker();
  const service = working((_, { log }) => {
    for (let line = 0; line < 1_000_000; line += 1) log.info('round and round');
    log.error('and why it ended');
    return done();
  });
  await using site = await Site.start(broker.address(), [service]);
  const told = await hear(site.client);
  await site.run({ 1: { queue: 'work' }, start: [[1, 'x']] });
  await site.settled(1, 'done');
  await told.until((lines) => lines.some(({ leftOut }) => leftOut !== undefined));
  const lines = told.soFar();
  const [note, ...others] = lines.filter(({ leftOut }) => leftOut !== undefined);
  const informing = lines.filter(({ text }) => text === 'round and round');
  expect(others).toEqual([]);
  expect(informing.length).toBeGreaterThan(0);
  expect(informing.length + (note?.leftOut ?? 0)).toBe(1_000_000);
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
}, 120_000);

it('while the broker is away steps go on, lines wait or are counted, and none is told twice', async () => {
  await using broker = await startEmbeddedBroker();
  const [gone, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const service = working(async (_, { log }) => {
    log.info('before');
    await gone.promise;
    for (let line = 0; line < 1_000; line += 1) log.info('meanwhile');
    ended.resolve();
    return done();
  });
  await using proxy = await startProxy(broker.port);
  await using folder = await temporaryFolder();
  await using site = await Site.start(broker.address(), []);
  const told = await hear(site.client);
  const address = parseBrokerAddress(`stomp://127.0.0.1:${String(proxy.port)}`);
  await using host = new Host({ services: [service], address, name: 'test.3', version: '0', folder: folder.path });
  await host.start();
  await site.run({ 1: { queue: 'work' }, start: [[1, 'x']] });
  await told.lines(1);
  proxy.decide = () => 'lose-and-cut';
  proxy.cut();
  gone.resolve();
  await ended.promise;
  proxy.decide = () => 'pass';
  await site.settled(1, 'done');
  const count = (lines: readonly LogLine[]): number =>
    lines.reduce((sum, { text, leftOut }) => sum + (leftOut ?? (text === 'meanwhile' ? 1 : 0)), 0);
  await told.until((lines) => count(lines) >= 1_000);
  expect(count(told.soFar())).toBe(1_000);
}, 60_000);

it('nobody is connected for the lines of a process that has none', async () => {
  await using broker = await startEmbeddedBroker();
  const service = working(() => done());
  await using site = await Site.start(broker.address(), [service]);
  const told = await hear(site.client);
  await site.run({ 1: { queue: 'work' }, start: [[1, 'x']] });
  await site.settled(1, 'done');
  await site.host.stop();
  expect(told.messages).toEqual([]);
});

it('what the process logs is as it was set, and the lines of runs have their own level', async () => {
  await using broker = await startEmbeddedBroker();
  const written: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void written.push(line) });
  const service = working((_, { log: own }) => {
    own.debug('small');
    own.warn('large');
    return done();
  });
  await using site = await Site.start(broker.address(), [service], { log, runLog: 'debug' });
  const told = await hear(site.client);
  await site.run({ 1: { queue: 'work' }, start: [[1, 'x']] });
  expect((await told.lines(2)).map(({ text }) => text)).toEqual(['small', 'large']);
  const ours = written.map((line) => JSON.parse(line) as { readonly msg: string; readonly service?: string });
  expect(ours.filter(({ msg }) => msg === 'small' || msg === 'large')).toMatchObject([
    { msg: 'large', service: 'worker' },
  ]);
});

it('a line that is too long is cut and says so, with fields that are too many', async () => {
  await using broker = await startEmbeddedBroker();
  const service = working((_, { log }) => {
    log.info('x'.repeat(1_000_000));
    log.info({ many: 'y'.repeat(10_000) }, 'fields');
    return done();
  });
  await using site = await Site.start(broker.address(), [service]);
  const told = await hear(site.client);
  await site.run({ 1: { queue: 'work' }, start: [[1, 'x']] });
  const [long, fields] = await told.lines(2);
  expect(long?.text.length).toBeLessThanOrEqual(longest.text);
  expect(long?.text).toMatch(/^x+ …/);
  expect(fields?.text).toMatch(/^fields \(its fields are left out: the line has \d{5} characters\)$/);
  expect(fields).not.toHaveProperty('fields');
});

it('every line is taken or counted, whatever comes, and no more is held than fits', () => {
  const limits = { lines: 20, ofRun: 8, bytes: 2_000 };
  const line = fc.record({
    run: fc.constantFrom('a', 'b', 'c', 'd'),
    level: fc.constantFrom('debug', 'info', 'warn', 'error' as const),
    size: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 200 }), (all) => {
      const buffer = new LineBuffer(limits);
      for (const { run, level, size } of all)
        buffer.add({
          run,
          level,
          step: 1,
          service: 's',
          host: 'h',
          key: 'k',
          attempt: 1,
          time: 1,
          text: 'x'.repeat(size),
        });
      const { lines, unnamed } = buffer.drain();
      const taken = lines.filter(({ leftOut }) => leftOut === undefined);
      const leftOut = lines.reduce((sum, note) => sum + (note.leftOut ?? 0), 0);
      expect(taken.length + leftOut + unnamed).toBe(all.length);
      expect(taken.length).toBeLessThanOrEqual(2 * limits.lines);
      expect(buffer.isEmpty).toBe(true);
    }),
  );
});

it('what comes on the topic and is no line is passed over, and never thrown at', () => {
  const good = { run: 'r', step: 1, service: 's', host: 'h', key: 'k', attempt: 1, level: 'info', time: 1, text: 't' };
  const message = { from: 'f', number: 1, lines: [good, { ...good, level: 'loud' }, 7, null] };
  expect(readLogMessage(Buffer.from(JSON.stringify(message)))?.lines).toEqual([good]);
  expect(readLogMessage(Buffer.from('{'))).toBeUndefined();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void readLogMessage(Buffer.from(JSON.stringify({ lines: [value], value })))),
  );
});

function working(process: Processor<unknown>['process']): AnyService {
  return defineService({
    name: 'worker',
    description: 'writes lines',
    queue: 'work',
    parameters: { type: 'object' },
    process,
  });
}

/** All that is told on the topic. */
async function hear(client: Client) {
  const messages: LogMessage[] = [];
  const seen = new Set<string>();
  let news = Promise.withResolvers<void>();
  await client.subscribe({ destination: client.topic('baton.log'), ack: 'auto' }, ({ body }) => {
    const message = readLogMessage(body);
    if (!message || seen.has(`${message.from} ${String(message.number)}`)) return;
    seen.add(`${message.from} ${String(message.number)}`);
    messages.push(message);
    news.resolve();
    news = Promise.withResolvers();
  });
  const soFar = (): readonly LogLine[] => messages.flatMap(({ lines }) => lines);
  const until = async (isEnough: (lines: readonly LogLine[]) => boolean): Promise<readonly LogLine[]> => {
    while (!isEnough(soFar())) await news.promise;
    return soFar();
  };
  return { messages, soFar, until, lines: async (count: number) => await until((lines) => lines.length >= count) };
}
