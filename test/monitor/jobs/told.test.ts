import { setTimeout as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import type { JobsView } from '../../../src/monitor/api.ts';
import type { MonitorOptions } from '../../../src/monitor/monitor.ts';
import type { JobMessage, ToldJob } from '../../../src/services/jobs/job-message.ts';
import { openMonitor, type OpenMonitor } from '../open-monitor.ts';

describe('the list of jobs', () => {
  it('has them as they would begin, page after page, and counts those that fit', async () => {
    await using told = await Told.open();
    const live = job('live', { priority: 6, asked: 500 });
    const many = Array.from({ length: 30 }, (_, index) =>
      job(`late ${String(index)}`, { priority: 2, asked: 100 + index }),
    );
    const running = job('running', { started: 50, host: 'gpu-1', program: 'fast_dp', priority: 1 });
    await told.say({ jobs: [...many, live, running], backends: [{ name: 'bullmq', places: [], isInOrder: true }] });
    const pages = [await told.jobs('?limit=12')];
    for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
      pages.push(await told.jobs(`?limit=12&cursor=${next}`));
    const all = pages.flatMap(({ items }) => items);
    expect(all.map(({ key }) => key)).toEqual(['running', 'live', ...many.map(({ key }) => key)]);
    expect(all.map(({ before }) => before).slice(0, 4)).toEqual([undefined, 0, 1, 2]);
    expect(pages.map(({ total }) => total)).toEqual([32, 32, 32]);
    const waiting = await told.jobs('?state=waiting&program=xia2&limit=1');
    expect(waiting.total).toBe(31);
    expect(waiting.counts).toEqual([{ backend: 'bullmq', program: 'xia2', state: 'waiting', jobs: 31 }]);
    expect((await told.jobs('?host=gpu-1')).items.map(({ key }) => key)).toEqual(['running']);
    expect((await told.jobs('?run=run+of+live')).items.map(({ key }) => key)).toEqual(['live']);
  });

  it('has runs that are equally urgent in turn, and what is more urgent before', async () => {
    await using told = await Told.open();
    const scan = [1, 2, 3].map((n) => job(`scan ${String(n)}`, { run: 'scan', asked: n }));
    const late = job('late', { run: 'late', asked: 9 });
    await told.say({ jobs: [...scan, late, job('live', { asked: 99, priority: 9 })] });
    const { items } = await told.jobs();
    expect(items.map(({ key }) => key)).toEqual(['live', 'scan 1', 'late', 'scan 2', 'scan 3']);
  });

  it('is without what stood in no message of a telling of all, unless one of them was missed', async () => {
    await using told = await Told.open();
    await told.say({ jobs: [job('one'), job('two')] });
    await told.say({ jobs: [job('two')] });
    await told.say({ jobs: [job('three')], allSince: 2 });
    expect(await told.keys()).toEqual(['three', 'two']);
    told.miss();
    await told.say({ jobs: [job('four')], allSince: 4 });
    expect(await told.keys()).toEqual(['four', 'three', 'two']);
    await told.say({ jobs: [job('four')], allSince: 6 });
    expect(await told.keys()).toEqual(['four']);
  });

  it('never shows as running what a silent service held: it says so, and the health list too, until another has it', async () => {
    const clock = new MovedClock();
    await using told = await Told.open({ clock });
    await told.say({ jobs: [job('one', { started: 10, host: 'gpu-1' })] });
    clock.forward(18_000);
    await told.until(({ items: [first] }) => first?.state === 'unheard');
    expect((await told.jobs()).holders).toMatchObject([{ host: 'mx.1', isUnheard: true, jobs: 1 }]);
    await using listening = await told.site.listen();
    await listening.next('health', ({ health }) =>
      health.checks.some(
        ({ check, state, message }) => check === 'programs' && state === 'warning' && message.includes('mx.1'),
      ),
    );
    await told.say({ from: 'another', number: 1, host: 'mx.2', jobs: [job('one', { started: 10, host: 'gpu-1' })] });
    const { items } = await told.jobs();
    expect(items).toMatchObject([{ key: 'one', state: 'running', holder: 'mx.2' }]);
  });

  it.each([
    ['there is no worker', [], {}, /no worker is there to take them/, /baton worker/],
    ['none has the label', [place()], { label: 'gpu' }, /no worker has the label gpu/, /--labels gpu/],
    ['none is large enough', [place()], { cores: 99 }, /no worker is as large as they ask for/, /larger host/],
    ['all are ending', [place({ isDraining: true })], {}, /all workers are ending/, /baton worker/],
  ])('says what to do when nothing takes what waits, as %s', async (_why, places, wish, message, advice) => {
    const clock = new MovedClock();
    await using told = await Told.open({ clock });
    await told.say({ jobs: [job('one', wish)], backends: [{ name: 'bullmq', places, isInOrder: true }] });
    const { untaken } = await told.until((view) => view.untaken.length > 0);
    expect(untaken).toEqual([
      {
        backend: 'bullmq',
        jobs: 1,
        since: expect.any(Number) as number,
        message: expect.stringMatching(message) as string,
        advice: expect.stringMatching(advice) as string,
      },
    ]);
    await using listening = await told.site.listen();
    clock.forward(6_000);
    await listening.next('health', ({ health }) =>
      health.checks.some(({ check, state }) => check === 'programs' && state === 'warning'),
    );
    await told.say({
      backends: [{ name: 'bullmq', places: [place({ labels: ['gpu'], cores: 100 })], isInOrder: true }],
    });
    await told.until((view) => view.untaken.length === 0);
  });

  it('says that Redis does not answer', async () => {
    await using told = await Told.open();
    await told.say({
      jobs: [job('one')],
      backends: [{ name: 'bullmq', trouble: 'Redis does not answer.', isInOrder: true }],
    });
    const { untaken } = await told.until((view) => view.untaken.length > 0);
    expect(untaken).toMatchObject([
      { message: '1 program waits for bullmq, and it cannot be asked: Redis does not answer.' },
    ]);
  });

  it('keeps what is said of those that were lost', async () => {
    await using told = await Told.open();
    const { key, run, step, program, backend } = job('one');
    const lost = {
      ...{ key, run, step, program, backend, host: 'gpu-1', time: 99 },
      end: 'lost',
      message: 'Its host …',
    } as const;
    await told.say({ jobs: [job('one')] });
    await told.say({ gone: ['one'], ended: [lost] });
    expect(await told.jobs()).toMatchObject({ items: [], lost: [lost] });
  });

  it('counts how long programs waited and ran', async () => {
    await using told = await Told.open();
    const { run, step, program, backend } = job('one');
    const end = { ...{ run, step, program, backend, time: 99 }, end: 'success' } as const;
    await told.say({
      ended: [
        { ...end, key: 'quick', waited: 0.5, seconds: 8 },
        { ...end, key: 'slow', waited: 700, seconds: 100_000 },
        { ...end, key: 'never begun', end: 'cancelled' },
      ],
    });
    const { text } = await told.site.get('/metrics');
    const within = (name: string): readonly string[] =>
      Array.from(
        text.matchAll(new RegExp(`^${name}\\{program="xia2",le="([^"]+)"\\} (\\d+)$`, 'gm')),
        ([, le, jobs]) => `${le}: ${jobs}`,
      );
    expect(within('baton_jobs_waited_within_total').join(' ')).toBe('1: 1 10: 1 60: 1 600: 1 3600: 2 21600: 2 +Inf: 2');
    expect(within('baton_jobs_ran_within_total').join(' ')).toBe('1: 0 10: 1 60: 1 600: 1 3600: 1 21600: 1 +Inf: 2');
    expect(text).toMatch(/^baton_job_ran_seconds_total\{backend="bullmq",program="xia2",end="success"\} 100008$/m);
  });

  it.each([
    'no JSON',
    '[]',
    '{}',
    '{"from": "a", "number": -1, "host": "a", "queue": "a"}',
    `{"from": "${'a'.repeat(400)}", "number": 1, "host": "a", "queue": "a"}`,
    ' '.repeat(5_000_000),
  ])('is not harmed by what is none (%#)', async (body) => {
    await using told = await Told.open();
    await told.send(body);
    await told.say({ jobs: [{ key: 'no job' } as ToldJob, { ...job('odd'), step: 1.5 }, job('one')] });
    expect(await told.keys()).toEqual(['one']);
  });

  it('refuses a cursor that is none, and parameters that there are not', async () => {
    await using told = await Told.open();
    for (const query of ['cursor=abc', 'state=done', 'user=me', 'limit=0'])
      expect(await told.site.get(`/api/jobs?${query}`)).toMatchObject({ status: 400 });
  });
});

/** A monitor, and a service that tells of its jobs as the test says. */
class Told implements AsyncDisposable {
  readonly site: OpenMonitor;
  #number = 0;

  private constructor(site: OpenMonitor) {
    this.site = site;
  }

  static async open(options: Partial<MonitorOptions> = {}): Promise<Told> {
    return new Told(await openMonitor(options));
  }

  /** Resolves when the monitor has it. */
  async say(part: Partial<JobMessage>): Promise<void> {
    this.#number = part.number ?? this.#number + 1;
    const common = { from: 'mx', host: 'mx.1', queue: 'programs', jobs: [], gone: [], ended: [] };
    const message = { ...common, number: this.#number, ...part };
    const heard = async (): Promise<number | undefined> =>
      (await this.jobs()).holders.find(({ host }) => host === message.host)?.heard;
    const before = await heard();
    await turn(2);
    await this.send(JSON.stringify(message));
    while ((await heard()) === before) await turn(5);
  }

  async send(body: string): Promise<void> {
    const { client } = this.site;
    await client.send({ destination: client.topic('baton.jobs'), body });
  }

  /** One message is lost. */
  miss(): void {
    this.#number += 1;
  }

  async jobs(query = ''): Promise<JobsView> {
    return (await this.site.get(`/api/jobs${query}`)).json as JobsView;
  }

  async keys(): Promise<readonly string[]> {
    return (await this.jobs()).items.map(({ key }) => key).sort();
  }

  async until(isSo: (view: JobsView) => boolean): Promise<JobsView> {
    for (;;) {
      await using listening = await this.site.listen();
      const view = await this.jobs();
      if (isSo(view)) return view;
      await listening.next('jobs');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
  }
}

function job(key: string, changes: Partial<ToldJob> = {}): ToldJob {
  return {
    ...{ key, run: `run of ${key}`, step: 1, attempt: 1, program: 'xia2', backend: 'bullmq', priority: 6 },
    ...{ cores: 1, memory: 0, gpus: 0, asked: 1_000 },
    ...changes,
  };
}

function place(changes: object = {}): NonNullable<NonNullable<JobMessage['backends']>[number]['places']>[number] {
  return { name: 'gpu-1.7', cores: 8, memory: 16e9, gpus: 0, labels: [], running: 0, isDraining: false, ...changes };
}

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
