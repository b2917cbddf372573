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

  it('whose connection is cut get what they missed when they come back, and nothing twice', async () => {
    await using site = await openMonitor({ queueInterval: 600 });
    await site.record(announced('before'));
    const first = await site.listen();
    await first.next('snapshot');
    await site.record(announced('seen'));
    await first.next('run', ({ run }) => run.id === 'seen');
    await first[Symbol.asyncDispose]();
    await site.record(announced('missed'));
    await site.record(announced('missed, too'), settled('missed, too', 1, 'done', { result: 7 }));
    await using second = await site.listen({ 'last-event-id': first.lastId });
    await site.record(announced('after'));
    await second.next('run', ({ run }) => run.id === 'after');
    const runs = second.events.flatMap((event) => (event.type === 'run' ? [event.run.id] : []));
    expect(new Set(runs)).toEqual(new Set(['missed', 'missed, too', 'after']));
    expect(second.events).toContainEqual(expect.objectContaining({ type: 'result', run: 'missed, too' }));
    expect(second.events.map(({ type }) => type)).not.toContain('snapshot');
    expect(second.ids).toEqual(second.ids.map((_, index) => (first.ids.at(-1) ?? 0) + 1 + index));
  });

  it.each(['0123456789ab-1', 'nonsense', '-1', '9'.repeat(400)])(
    'that come back with an id that is not known, %s, get a snapshot',
    async (id) => {
      await using site = await openMonitor();
      await using listening = await site.listen({ 'last-event-id': id });
      await listening.next('snapshot');
      expect(listening.events[0]?.type).toBe('snapshot');
    },
  );

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

  it('tells of every result, also of two of one step in the same millisecond', async () => {
    await using site = stream();
    for (const spots of [1, 2, 3])
      site.live.publish({ type: 'result', run: 'a', result: { time: 5, step: 2, result: { spots } } });
    await site.wrote('"spots":3');
    expect(site.text.match(/"spots":\d+/g)).toEqual(['"spots":1', '"spots":2', '"spots":3']);
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

  it('goes on where it was cut, unless more has happened than is kept', async () => {
    await using site = stream();
    site.live.publish(news('first', 0));
    await site.wrote('"id":"first"');
    const idOf = (text: string): string => /id: (\S+)\n(?!.*id: )/s.exec(text)?.[1] ?? '';
    const seen = idOf(site.text);
    site.live.publish(news('second', 0));
    await site.wrote('"id":"second"');
    expect(joined(site.live, seen)).toMatch(/^: resumed\n\nid: [^]*"id":"second"/);
    expect(joined(site.live, seen)).not.toContain('"id":"first"');
    expect(joined(site.live, idOf(site.text))).toBe(': resumed\n\n');
    for (let n = 0; n < 50; n += 1) site.live.publish(news(`${'x'.repeat(100_000)}${String(n)}`, n));
    await site.wrote('"sent":49');
    expect(joined(site.live, seen)).toContain('event: announcements');
    expect(joined(site.live, seen)).not.toContain('resumed');
  });

  /** What who comes back with that id is sent at once. */
  function joined(live: Live, last: string): string {
    let text = '';
    const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
    live.join(sink, () => true, last);
    sink.destroy();
    return text;
  }

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
