import { describe, expect, it } from 'vitest';
import { Slots, type SlotsOptions, type Wish } from '../../src/compute/slots.ts';

/** A host with some cores, and the names of the jobs that have been let in, in order. */
class Host {
  readonly slots: Slots;
  readonly order: string[] = [];
  readonly #ends = new Map<string, (held: number) => void>();

  constructor(cores: number, options: Omit<SlotsOptions, 'capacity'> = {}) {
    this.slots = new Slots({ capacity: { cores, memory: 1000, gpus: 0 }, ...options });
  }

  /** A job asks: `priority` 6 is live, 2 is reprocessing. */
  async ask(
    name: string,
    wanted: Partial<Wish['origin']> & Partial<Wish['resources']> = {},
    atOnce = 99,
    signal?: AbortSignal,
  ): Promise<void> {
    const { cores = 1, memory = 0, gpus = 0, run = name, program = 'work', priority = 6, beamline } = wanted;
    const origin = { run, step: 1, program, priority, ...(beamline === undefined ? {} : { beamline }) };
    const wish = { origin, resources: { cores, memory, gpus }, atOnce };
    const release = await this.slots.take(wish, signal ?? new AbortController().signal);
    this.order.push(name);
    this.#ends.set(name, release);
  }

  /** The job ends; resolves when those have been let in who are next. */
  async end(name: string, held = 0): Promise<void> {
    this.#ends.get(name)?.(held);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('what a host has', () => {
  it('goes to live work before reprocessing', async () => {
    const host = new Host(1);
    await host.ask('first', { priority: 2 });
    for (const name of ['old 1', 'old 2']) void host.ask(name, { priority: 2 });
    void host.ask('live');
    for (const name of ['first', 'live', 'old 1']) await host.end(name);
    expect(host.order).toEqual(['first', 'live', 'old 1', 'old 2']);
  });

  it('is shared out between runs, however many jobs one of them has', async () => {
    const host = new Host(2);
    for (let n = 1; n <= 6; n += 1) void host.ask(`a${n}`, { run: 'a' });
    for (let n = 1; n <= 2; n += 1) void host.ask(`b${n}`, { run: 'b' });
    for (const name of ['nobody', 'a1', 'a2', 'b1', 'a3', 'b2']) await host.end(name);
    expect(host.order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4', 'a5']);
  });

  it('is never given to more than fit, and nothing small overtakes what is large and next', async () => {
    const host = new Host(4);
    await host.ask('three', { cores: 3 });
    void host.ask('four', { cores: 4 });
    void host.ask('one', { cores: 1 });
    await host.end('nobody');
    expect(host.order).toEqual(['three']);
    await host.end('three');
    expect(host.order).toEqual(['three', 'four']);
    await host.end('four');
    expect(host.order).toEqual(['three', 'four', 'one']);
  });

  it('counts memory as well as cores', async () => {
    const host = new Host(4);
    await host.ask('large', { memory: 900 });
    void host.ask('next', { memory: 200 });
    await host.end('nobody');
    expect(host.order).toEqual(['large']);
    expect(host.slots.waiting.map(({ waitsFor }) => waitsFor)).toEqual(['room']);
  });

  it('goes to others when as many of a program run as may', async () => {
    const host = new Host(3);
    await host.ask('xia2 1', { program: 'xia2' }, 1);
    void host.ask('xia2 2', { program: 'xia2' }, 1);
    void host.ask('fast_dp', { program: 'fast_dp', priority: 2 });
    await host.end('nobody');
    expect(host.order).toEqual(['xia2 1', 'fast_dp']);
    expect(host.slots.waiting).toMatchObject([{ wish: { origin: { run: 'xia2 2' } }, waitsFor: 'program' }]);
    await host.end('xia2 1');
    expect(host.order.at(-1)).toBe('xia2 2');
  });

  it('goes to other beamlines when one has as many programs as it may', async () => {
    const host = new Host(3, { perBeamline: 1 });
    await host.ask('i03 1', { beamline: 'i03' });
    void host.ask('i03 2', { beamline: 'i03' });
    void host.ask('i04 1', { beamline: 'i04' });
    void host.ask('no beamline');
    await host.end('nobody');
    expect(host.order).toEqual(['i03 1', 'i04 1', 'no beamline']);
    expect(host.slots.waiting).toMatchObject([{ waitsFor: 'beamline' }]);
    await host.end('i03 1');
    expect(host.order.at(-1)).toBe('i03 2');
  });

  it('is kept for a moment for who is on the way, where the room is full', async () => {
    const host = new Host(1, { room: 1 });
    await host.ask('running', { priority: 2 });
    void host.ask('waiting', { priority: 2 });
    // Its message is settled, and the broker sends the next: a live one.
    await host.end('running', 60_000);
    expect(host.order).toEqual(['running']);
    await host.ask('live');
    expect(host.order).toEqual(['running', 'live']);
    await host.end('live', 0);
    while (host.order.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(host.order).toEqual(['running', 'live', 'waiting']);
  });

  it('can be given up by 10 000 who wait, at once', async () => {
    const host = new Host(1);
    await host.ask('running');
    const gone = new AbortController();
    const asked = Array.from({ length: 10_000 }, async (_, n) =>
      host.ask(`job ${n}`, { run: `run ${n % 100}` }, 99, gone.signal),
    );
    const ends = Promise.allSettled(asked);
    gone.abort(new Error('cancelled'));
    expect((await ends).every(({ status }) => status === 'rejected')).toBe(true);
    expect(host.slots.waiting).toEqual([]);
  });
});
