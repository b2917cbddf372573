import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Health, HealthState, LiveEvent } from '../../src/monitor/api.ts';
import { Live } from '../../src/monitor/live.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor } from './open-monitor.ts';

describe('those who listen on /api/events', () => {
  it('get a snapshot first, with everything as it stands', async () => {
    await using site = await openMonitor();
    await site.record(announced('r'));
    await using listening = await site.listen();
    expect(listening.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(await listening.next('snapshot')).toMatchObject({
      time: expect.any(Number),
      health: { version: '1.2.3' },
      services: [],
      runs: [{ id: 'r', state: 'running' }],
      announcements: { announced: 1, accepted: 1 },
    });
    expect(listening.events[0]?.type).toBe('snapshot');
  });

  it('hear of runs, results, announcements, services, queues and health as they happen', async () => {
    await using site = await openMonitor();
    await using listening = await site.listen();
    await site.record(announced('r'), settled('r', 1, 'done', { result: { x: 1 } }));
    await site.beat({ host: 'a.1', service: 'x', serviceclass: 'X', status: 4 });
    expect(await listening.next('run')).toMatchObject({ run: { id: 'r', state: 'finished' } });
    expect(await listening.next('result')).toMatchObject({ run: 'r', result: { step: 1, result: { x: 1 } } });
    expect(await listening.next('announcements')).toMatchObject({ announcements: { accepted: 1 } });
    expect(await listening.next('service')).toMatchObject({ service: { host: 'a.1', status: 4 } });
    await listening.next('queues', ({ queues }) => queues.some(({ name }) => name === 'baton.ledger'));
    await listening.next('health', ({ health }) =>
      health.checks.some(({ message }) => message.startsWith('1 service heard of')),
    );
    expect(listening.ids).toEqual(listening.ids.map((_, index) => (listening.ids[0] ?? 0) + index));
  });

  it('are refused when there are too many, and let in when one has left', async () => {
    await using site = await openMonitor({ streams: 1 });
    const first = await site.listen();
    await first.next('snapshot');
    expect((await site.get('/api/events')).status).toBe(429);
    await first[Symbol.asyncDispose]();
    await using second = await site.listen();
    await second.next('snapshot');
  });

  it('see their stream end when the monitor stops', async () => {
    await using site = await openMonitor();
    await using listening = await site.listen();
    const ended = once(listening.response, 'close');
    await site.monitor.stop();
    await ended;
  });

  it('hear that the broker is gone, and that it is back', async () => {
    await using broker = await startBrokerProcess();
    await using site = await openMonitor({}, broker);
    await using listening = await site.listen();
    const isBroker = (state: HealthState) => (event: { readonly health: Health }) =>
      event.health.checks.some((check) => check.check === 'broker' && check.state === state);
    await listening.next('health', isBroker('pass'));
    await broker.kill('SIGKILL');
    await listening.next('health', isBroker('error'));
    listening.events.length = 0;
    await broker.restart();
    await listening.next('health', isBroker('pass'));
    await site.record(announced('after'));
    await listening.next('run', ({ run }) => run.id === 'after');
  });
});

describe('a stream of events', () => {
  const news = (id: string, sent: number): LiveEvent => ({
    type: 'run',
    run: {
      id,
      state: 'running',
      inferred: false,
      recipes: [],
      announced: 0,
      sent,
      waiting: 0,
      failed: 0,
      overBudget: 0,
    },
  });
  const snapshot = (): LiveEvent => ({
    type: 'announcements',
    announcements: { announced: 9, accepted: 9, refused: 0, duplicate: 0 },
  });

  it('tells of several changes of one thing by the last of them', async () => {
    await using site = stream();
    for (let sent = 0; sent < 100; sent += 1) site.live.publish(news('a', sent));
    site.live.publish(news('b', 7));
    await site.wrote('"id":"b"');
    expect(site.text.match(/"sent":\d+/g)).toEqual(['"sent":99', '"sent":7']);
  });

  it('to one who does not read keeps nothing back but a snapshot', async () => {
    await using site = stream({ stalled: true });
    const long = 'x'.repeat(100_000);
    for (let n = 0; n < 10; n += 1) {
      site.live.publish(news(`${long}${String(n)}`, n));
      await site.flushed();
    }
    expect(site.sink.writableLength).toBeLessThan(500_000);
    site.read();
    site.live.publish(news('last', 1));
    await site.wrote('"announced":9,"accepted":9', 2);
    expect(site.text).not.toContain('"id":"last"');
    site.live.publish(news('next', 1));
    await site.wrote('"id":"next"');
  });

  it('sends a snapshot in place of more news than a snapshot has', async () => {
    await using site = stream();
    for (let n = 0; n < 1_500; n += 1) site.live.publish(news(`run ${String(n)}`, n));
    await site.wrote('"announced":9', 2);
    expect(site.text).not.toContain('"id":"run');
  });

  /** A stream whose reader can stall, with all that was written to it. */
  function stream({ stalled = false } = {}) {
    const live = new Live({ snapshot, streams: 10 });
    const written = { text: '', changed: Promise.withResolvers<void>() };
    let pending: (() => void) | undefined;
    const sink = new Writable({
      highWaterMark: 16_384,
      write: (chunk: Buffer, _encoding, done) => {
        written.text += chunk.toString();
        written.changed.resolve();
        written.changed = Promise.withResolvers();
        if (stalled) pending = done;
        else done();
      },
    });
    live.start();
    live.join(sink);
    return {
      live,
      sink,
      get text() {
        return written.text;
      },
      /** Another stream, which reads, has had the latest news. */
      flushed: async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const probe = new Writable({
          write: (chunk: Buffer, _encoding, done) => (chunk.includes('event: run') && resolve(), done()),
        });
        live.join(probe);
        live.publish(news('probe', 0));
        await promise;
        probe.destroy();
      },
      read: () => {
        stalled = false;
        pending?.();
      },
      wrote: async (text: string, times = 1) => {
        while (written.text.split(text).length <= times) await written.changed.promise;
      },
      [Symbol.asyncDispose]: async () => {
        live.stop();
        sink.destroy();
        await once(sink, 'close').catch(() => undefined);
      },
    };
  }
});
