import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Alerts, type AlertReceiver, type Told } from '../../src/monitor/alerts.ts';
import type { HealthCheck, HealthState } from '../../src/monitor/api.ts';
import { ReceivingServer } from '../fixtures/alert-receiver.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { MovedClock, WatchBench } from './watch-bench.ts';

const to = (url: string, changes: Partial<AlertReceiver> = {}): AlertReceiver => ({
  ...{ name: 'oncall', url, headers: { authorization: 'Bearer t0ken' }, minimum: 'warning', hold: 0, quiet: 0 },
  ...changes,
});

/** Alerts of checks that a test sets. */
class Bench implements AsyncDisposable {
  readonly clock = new MovedClock();
  readonly log: string[] = [];
  readonly alerts: Alerts;
  readonly #checks = new Map<string, HealthCheck>();
  #look = Promise.withResolvers<void>();

  constructor(receiver: AlertReceiver, told: Readonly<Record<string, Told>> = {}) {
    const log = pino({ level: 'debug' }, { write: (line: string) => void this.log.push(line) });
    const checks = (): readonly HealthCheck[] => {
      this.#look.resolve();
      this.#look = Promise.withResolvers();
      return [...this.#checks.values()];
    };
    this.alerts = new Alerts({ receivers: [receiver], from: 'head', checks, clock: this.clock, log, told });
    this.alerts.start();
  }

  set(check: string, state: HealthState): void {
    const before = this.#checks.get(check);
    const since = before?.state === state ? before.since : this.clock.now();
    this.#checks.set(check, { check, state, message: `${check} is ${state}`, since, advice: 'Act.' });
  }

  /** Resolves when it was looked at all that is set: before the look after the next. */
  async looked(): Promise<void> {
    await this.#look.promise;
    await this.#look.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.alerts.stop();
  }
}

describe('a receiver of alerts', () => {
  it('is told of a broker that was killed, and that it is back', async () => {
    await using server = await ReceivingServer.open();
    await using broker = await startBrokerProcess();
    await using bench = await WatchBench.open({ receivers: [to(server.url)], from: 'head' }, broker);
    await bench.until('broker', 'pass');
    await broker.kill('SIGKILL');
    const [first] = await server.until(1);
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer t0ken',
      'content-type': expect.stringMatching(/^application\/json/),
    });
    expect(first?.message).toMatchObject({ version: 1, from: 'head' });
    expect(first?.message.changes).toContainEqual(
      expect.objectContaining({ check: 'broker', state: 'error', before: 'pass', resolved: false }),
    );
    await broker.restart();
    const all = await server.until(2);
    expect(all.at(-1)?.message.changes).toContainEqual(
      expect.objectContaining({ check: 'broker', before: 'error', resolved: true }),
    );
    await bench.until('alerts', 'pass');
  });

  it('is told once of what holds on, and nothing of what is less than it wants', async () => {
    await using server = await ReceivingServer.open();
    await using bench = new Bench(to(server.url));
    bench.set('queues', 'warning');
    bench.set('versions', 'notice');
    await server.until(1);
    await bench.looked();
    expect(server.posted.flatMap(({ message }) => message.changes.map(({ check }) => check))).toEqual(['queues']);
  });

  it('is told only of what has held for long enough', async () => {
    await using server = await ReceivingServer.open();
    await using bench = new Bench(to(server.url, { hold: 60 }));
    bench.set('queues', 'warning');
    await bench.looked();
    bench.set('queues', 'pass');
    await bench.looked();
    bench.set('queues', 'warning');
    bench.clock.forward(59_000);
    bench.set('disk', 'error');
    await bench.looked();
    bench.clock.forward(61_000);
    const [{ message } = { message: undefined }] = await server.until(1);
    expect(message?.changes.map(({ check }) => check)).toEqual(['queues', 'disk']);
    expect(server.posted).toHaveLength(1);
  });

  it('is left alone for a while after an alert, unless it is graver', async () => {
    await using server = await ReceivingServer.open();
    await using bench = new Bench(to(server.url, { quiet: 600 }));
    bench.set('disk', 'warning');
    await server.until(1);
    bench.set('disk', 'pass');
    await bench.looked();
    expect(server.posted).toHaveLength(1);
    bench.set('disk', 'error');
    await server.until(2);
    bench.set('disk', 'pass');
    await bench.looked();
    expect(server.posted).toHaveLength(2);
    bench.clock.forward(601_000);
    const told = await server.until(3);
    expect(told.map(({ message }) => message.changes[0])).toMatchObject([
      { state: 'warning', before: 'pass', resolved: false },
      { state: 'error', before: 'warning', resolved: false },
      { state: 'pass', before: 'error', resolved: true },
    ]);
  });

  it('that is down hears, once it is back, how it is then, and no more', async () => {
    await using server = await ReceivingServer.open();
    await server.close();
    await using bench = new Bench(to(server.url));
    bench.set('disk', 'warning');
    bench.set('queues', 'error');
    await expect
      .poll(() => bench.alerts.untold, { timeout: 10_000 })
      .toMatchObject([{ receiver: 'oncall', reason: expect.stringContaining('ECONNREFUSED') }]);
    bench.set('queues', 'pass');
    bench.set('disk', 'error');
    await server.listen();
    const [first] = await server.until(1);
    expect(first?.message.changes).toMatchObject([{ check: 'disk', state: 'error', before: 'pass' }]);
    await expect.poll(() => bench.alerts.untold).toEqual([]);
    expect(bench.alerts.counts).toMatchObject([{ receiver: 'oncall', sent: 1 }]);
  });

  it.each([
    ['answers with an error', 500],
    ['sends it elsewhere', 302],
  ])('that %s is told again, and nobody else is', async (_what, status) => {
    await using server = await ReceivingServer.open();
    await using elsewhere = await ReceivingServer.open();
    server.answer = (response) => void response.writeHead(status, { location: elsewhere.url }).end();
    await using bench = new Bench(to(server.url));
    bench.set('disk', 'error');
    await server.until(1);
    await expect.poll(() => bench.alerts.untold?.[0]?.reason).toContain(`status ${String(status)}`);
    server.answer = (response) => void response.writeHead(204).end();
    const [first, second] = await server.until(2);
    expect(second?.message.changes[0]?.key).toBe(first?.message.changes[0]?.key);
    expect(elsewhere.posted).toEqual([]);
  });

  it('that never answers, or never ends its answer, holds up nothing', async () => {
    await using server = await ReceivingServer.open();
    server.answer = (response) => void response.writeHead(200).write('and');
    await using bench = new Bench(to(server.url));
    bench.set('disk', 'error');
    await server.until(1);
    await expect.poll(() => bench.alerts.counts[0]?.sent).toBe(1);
    server.answer = () => undefined;
    bench.set('disk', 'warning');
    await server.until(2);
    await bench.alerts.stop();
  });

  it('is not told again by the next monitor, and is told that it is over', async () => {
    await using server = await ReceivingServer.open();
    const before = new Bench(to(server.url));
    before.set('disk', 'error');
    await server.until(1);
    await expect.poll(() => before.alerts.told['oncall']?.['disk']?.state).toBe('error');
    await before[Symbol.asyncDispose]();
    await using bench = new Bench(to(server.url), before.alerts.told);
    bench.set('disk', 'error');
    await bench.looked();
    expect(server.posted).toHaveLength(1);
    bench.set('disk', 'pass');
    const all = await server.until(2);
    expect(all.at(-1)?.message.changes).toMatchObject([{ check: 'disk', resolved: true }]);
  });

  it('has its secrets in no line of the log, and no reason', async () => {
    await using server = await ReceivingServer.open();
    await server.close();
    await using bench = new Bench(to(server.url, { headers: { 'x-token': 't0ken' } }));
    bench.set('disk', 'error');
    await expect.poll(() => bench.log.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const told = [...bench.log, JSON.stringify(bench.alerts.untold)].join('');
    expect(told).toContain('oncall');
    expect(told).not.toMatch(/s3cret|t0ken/);
  });
});
