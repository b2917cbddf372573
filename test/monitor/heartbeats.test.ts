import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import type { ServiceView } from '../../src/monitor/api.ts';
import { Heartbeats } from '../../src/monitor/heartbeats.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

/** A clock that can be put forward. */
class MovedClock implements Clock {
  #ahead = 0;
  now(): number {
    return Date.now() + this.#ahead;
  }
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(milliseconds, signal);
  }
  forward(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

class Bench implements AsyncDisposable {
  readonly clock: MovedClock;
  readonly heartbeats: Heartbeats;
  readonly client: Client;
  readonly #stack: AsyncDisposableStack;

  private constructor(stack: AsyncDisposableStack, client: Client, clock: MovedClock, heartbeats: Heartbeats) {
    this.#stack = stack;
    this.client = client;
    this.clock = clock;
    this.heartbeats = heartbeats;
  }

  static async open(): Promise<Bench> {
    const stack = new AsyncDisposableStack();
    const broker = stack.use(await startEmbeddedBroker());
    const client = stack.use(new Client({ address: parseBrokerAddress(broker.address()), name: 'test' }));
    await client.start();
    const clock = new MovedClock();
    const heartbeats = stack.adopt(new Heartbeats(client, clock), (watch) => watch.stop());
    await heartbeats.start();
    return new Bench(stack, client, clock, heartbeats);
  }

  /** Sends a heartbeat and resolves when it is shown. */
  async beat(heartbeat: object): Promise<ServiceView> {
    const shown = this.heartbeats.events.once('service');
    await this.send(JSON.stringify(heartbeat));
    return await shown;
  }

  async send(body: string): Promise<void> {
    await this.client.send({ destination: '/topic/transient.status', body });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const python = {
  host: 'cs04r.123',
  status: 4,
  statustext: 'processing',
  service: 'DLS PIA',
  serviceclass: 'DLSPerImageAnalysis',
  utilization: { '2': 0.25, '4': 0.75 },
  workflows: '3.5',
  mem_MiB: 120,
};

describe('a heartbeat', () => {
  it('is shown with the fields of Zocalo, and those it has beside', async () => {
    await using bench = await Bench.open();
    expect(await bench.beat(python)).toEqual({
      host: 'cs04r.123',
      service: 'DLS PIA',
      serviceClass: 'DLSPerImageAnalysis',
      status: 4,
      statusText: 'processing',
      utilization: { '2': 0.25, '4': 0.75 },
      lastSeen: expect.any(Number),
      lost: false,
      extra: { workflows: '3.5', mem_MiB: 120 },
    });
  });

  it('of Baton has a version', async () => {
    await using bench = await Bench.open();
    expect(await bench.beat({ ...python, baton: '0.1.0' })).toMatchObject({
      version: '0.1.0',
      extra: { workflows: '3.5' },
    });
  });

  it('of a long job goes by the name of its task', async () => {
    await using bench = await Bench.open();
    expect(await bench.beat({ host: 'a.1', status: 4, task: 'dials' })).toMatchObject({
      service: 'dials',
      statusText: '',
    });
  });

  it('takes the place of the last one of the same service, and not of another in the same process', async () => {
    await using bench = await Bench.open();
    await bench.beat({ host: 'a.1', service: 'x', serviceclass: 'X', status: 0 });
    await bench.beat({ host: 'a.1', service: 'y', serviceclass: 'Y', status: 0 });
    await bench.beat({ host: 'a.1', service: 'x', serviceclass: 'X', status: 4 });
    expect(bench.heartbeats.services.map(({ service, status }) => [service, status])).toEqual([
      ['x', 4],
      ['y', 0],
    ]);
  });

  it('of a host that has not named its service yet gives way to the one that has', async () => {
    await using bench = await Bench.open();
    await bench.beat({ host: 'a.1', status: 0, service: null, serviceclass: null });
    await bench.beat({ host: 'a.1', status: 2, service: 'x', serviceclass: 'X' });
    expect(bench.heartbeats.services.map(({ service }) => service)).toEqual(['x']);
  });

  it.each(['nonsense', '[]', '{}', '{"host":""}', '{"host":7}', `{"host":"h","service":"${'x'.repeat(20_000)}"}`])(
    'that is none (%.30s) is counted, and harms nothing',
    async (body) => {
      await using bench = await Bench.open();
      await bench.send(body);
      await bench.beat({ host: 'a.1', status: '2', service: 7, utilization: { '2': 'much', '4': 1 } });
      expect(bench.heartbeats.malformed).toBe(1);
      expect(bench.heartbeats.services).toMatchObject([
        { host: 'a.1', status: -1, service: '', utilization: { '4': 1 } },
      ]);
    },
  );
});

describe('a service', () => {
  it('is lost when its heartbeats stop, and back with the next', async () => {
    await using bench = await Bench.open();
    await bench.beat(python);
    const lost = bench.heartbeats.events.once('service', (view) => view.lost);
    bench.clock.forward(18_000);
    expect(await lost).toMatchObject({ host: 'cs04r.123', lost: true });
    expect(await bench.beat(python)).toMatchObject({ lost: false });
  });

  it('that said goodbye is not lost, but soon forgotten', async () => {
    await using bench = await Bench.open();
    await bench.beat({ ...python, status: 6 });
    await bench.beat({ ...python, host: 'other.2' });
    const lost = bench.heartbeats.events.once('service', (view) => view.lost);
    const forgotten = bench.heartbeats.events.once('forgotten');
    bench.clock.forward(61_000);
    expect([await forgotten, (await lost).host]).toEqual([{ count: 1 }, 'other.2']);
    expect(bench.heartbeats.services.map(({ host }) => host)).toEqual(['other.2']);
  });

  it('that is lost is forgotten after a shift', async () => {
    await using bench = await Bench.open();
    await bench.beat(python);
    const forgotten = bench.heartbeats.events.once('forgotten');
    bench.clock.forward(8 * 3_600_000 + 1_000);
    await forgotten;
    expect(bench.heartbeats.services).toEqual([]);
  });

  it('that was started again on its machine is lost no more, whatever others there are of it', async () => {
    await using bench = await Bench.open();
    await bench.beat({ ...python, host: 'a.1' });
    await bench.beat({ ...python, host: 'a.2' });
    await bench.beat({ ...python, host: 'a.1' });
    bench.clock.forward(18_000);
    const lost = bench.heartbeats.events.once('service', ({ lost: isLost }) => isLost);
    await bench.beat({ ...python, host: 'a.2' });
    expect((await lost).host).toBe('a.1');
    const forgotten = bench.heartbeats.events.once('forgotten');
    await bench.beat({ ...python, host: 'a.3' });
    await forgotten;
    expect(bench.heartbeats.services.map(({ host }) => host)).toEqual(['a.2', 'a.3']);
  });
});
