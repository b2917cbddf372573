import { setTimeout as taking } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import {
  checkpoint,
  done,
  failed,
  later,
  publish,
  rejected,
  result,
  send,
  type Outcome,
} from '../../src/services/outcome.ts';
import {
  defineService,
  type AnyService,
  type ServiceOptions,
  type StepInput,
  type Tools,
} from '../../src/services/service.ts';
import { Suspects } from '../../src/services/suspects.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { payloadOf, Site } from '../fixtures/site.ts';
import { exerciseJoinKills } from './join-kills.ts';
import { exerciseJoins } from './joins.ts';
import { exerciseHighWater } from './high-water.ts';
import { exercisePauses } from './pauses.ts';
import { exercisePriorities } from './priorities.ts';
import { exerciseSuspects } from './suspects.ts';
import { exerciseCancellation } from './cancellation.ts';

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

/** What every service gets from the pipeline, on any broker. */
export function exercisePipeline(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());
  const site = async (...services: AnyService[]): Promise<Site> =>
    await Site.start(broker.address(uniqueNamespace()), services);

  exerciseHighWater(() => broker.address(uniqueNamespace()));
  exerciseJoins(() => broker.address(uniqueNamespace()));
  exerciseJoinKills(() => broker.address(uniqueNamespace()));
  exercisePauses(() => broker.address(uniqueNamespace()));
  exercisePriorities(() => broker.address(uniqueNamespace()));
  exerciseSuspects(() => broker.address(uniqueNamespace()));

  describe('an outcome', () => {
    it('done sends its outputs over the channels of the recipe, and the ledger counts them', async () => {
      await using here = await site(
        worker((step) =>
          done(send({ n: 1 }, 'odd'), send({ n: 2 }, 'even'), send({ n: step.payload }, 'odd'), send(0, 'none')),
        ),
      );
      await here.run({
        1: { queue: 'work', output: { odd: 2, even: [2, 3] } },
        2: { queue: 'odd' },
        3: { queue: 'even' },
        start: [[1, 3]],
      });
      const [record] = await here.settled(1, 'done');
      expect(record?.sends).toEqual({ 2: 3, 3: 1 });
      expect(record?.outputs.map(({ step, channel, payload }) => [step, channel, payload])).toEqual([
        [2, 'odd', { n: 1 }],
        [2, 'even', { n: 2 }],
        [3, 'even', { n: 2 }],
        [2, 'odd', { n: 3 }],
      ]);
      expect(payloadOf(await here.next(here.client.queue('even')))).toEqual({ n: 2 });
    });

    it('later puts the message off without counting an attempt, and keeps the sender’s headers', async () => {
      const seen: number[][] = [];
      await using here = await site(
        worker(({ attempt, deferral }) => {
          seen.push([attempt, deferral]);
          return deferral < 2 ? later(0.1, 'no quota') : done();
        }),
      );
      await here.run(oneStep());
      await here.settled(1, 'done');
      expect(seen).toEqual([
        [1, 0],
        [1, 1],
        [1, 2],
      ]);
      expect((await here.settled(1, 'later', 2))[0]?.cause?.message).toBe('no quota');
    });

    it('failed comes again after the back-off, and into the dead-letter queue with its cause when no attempt is left', async () => {
      await using here = await site(
        worker(() => {
          throw new Error('the disk is gone');
        }),
      );
      const pinned = { recipeHash: 'of the recipe', sourceHash: 'of the source' };
      await here.run(oneStep({ retry: { attempts: 3, delay: 0.1, factor: 1 } }), pinned);
      expect(await here.settled(1, 'retry', 2)).toHaveLength(2);
      const [dead] = await here.settled(1, 'dead');
      expect(dead).toMatchObject({ attempt: 3, cause: { code: 'exception', message: 'the disk is gone' } });
      const letter = await here.next(here.client.queue('work').replace('/queue/', '/queue/DLQ.'));
      expect(letter.headers).toMatchObject({
        'baton-error-message': 'the disk is gone',
        'baton-error-attempt': '3',
        'baton-error-service': 'worker',
        'baton-recipe-hash': 'of the recipe',
        'baton-source-hash': 'of the source',
        'baton-key': dead?.key,
        'workflows-recipe': 'True',
        'original-destination': here.client.queue('work'),
      });
      expect(Number(letter.headers['baton-first-failure'])).toBeLessThan(Number(letter.headers['baton-last-failure']));
      expect(payloadOf(letter)).toBe('begin');
    });

    it('after the budget of its step is as any other, and its record says how much had been used', async () => {
      await using here = await site(
        worker(({ attempt }) => (attempt === 1 ? failed('not at the first attempt') : done(send('late', 'result')))),
      );
      const recipe = {
        1: { queue: 'work', budget: '30', retry: { delay: 0.1 }, output: { result: 2 } },
        2: { queue: 'then' },
        start: [[1, 'begin']],
      };
      await here.run(recipe, { announcedAt: Date.now() - 40_000 });
      const [retry] = await here.settled(1, 'retry');
      const [record] = await here.settled(1, 'done');
      expect(record?.budget?.seconds).toBe(30);
      expect(retry?.budget?.used).toBeGreaterThanOrEqual(40);
      expect(record?.budget?.used).toBeGreaterThan(retry?.budget?.used ?? Infinity);
      expect(payloadOf(await here.next(here.client.queue('then')))).toBe('late');
    });

    it('failed sends what it has for its end once, when no attempt is left, beside the error links', async () => {
      await using here = await site(worker(() => failed('broken', 'broken', send('over', 'completed'))));
      await here.run({
        1: { queue: 'work', retry: { attempts: 2, delay: 0.1 }, output: { completed: 3 }, error: 2 },
        2: { queue: 'mourn' },
        3: { queue: 'tidy' },
        start: [[1, 'begin']],
      });
      const [tried] = await here.settled(1, 'retry');
      const [record] = await here.settled(1, 'error-link');
      expect([tried?.sends, record?.sends]).toEqual([{}, { 2: 1, 3: 1 }]);
      expect(payloadOf(await here.next(here.client.queue('tidy')))).toBe('over');
      expect(payloadOf(await here.next(here.client.queue('mourn')))).toMatchObject({ error: { code: 'broken' } });
    });

    it('rejected takes the error links at once, with the cause and the payload', async () => {
      await using here = await site(worker(() => rejected('no such crystal')));
      await here.run({ 1: { queue: 'work', error: 2 }, 2: { queue: 'mourn' }, start: [[1, 'begin']] });
      const [record] = await here.settled(1, 'error-link');
      expect(record?.sends).toEqual({ 2: 1 });
      const told = await here.next(here.client.queue('mourn'));
      expect(payloadOf(told)).toEqual({
        error: { code: 'rejected', message: 'no such crystal', step: 1, service: 'worker', host: 'test.1', attempt: 1 },
        payload: 'begin',
      });
    });

    it('that takes too long is failed: the handler’s signal is aborted', async () => {
      await using here = await site(
        worker(
          async (_step, { signal }) =>
            await new Promise<Outcome>((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error)),
            ),
        ),
      );
      await here.run(oneStep({ timeout: 0.1, retry: { attempts: 1 } }));
      expect((await here.settled(1, 'dead'))[0]?.cause).toMatchObject({ code: 'timeout' });
    });

    it('may take as long as no timer counts', async () => {
      await using here = await site(
        worker(async (_step, { signal }) => {
          await taking(10);
          return signal.aborted ? rejected('it was stopped') : done();
        }),
      );
      await here.run(oneStep({ timeout: 1e300 }));
      await here.settled(1, 'done');
    });

    it('that cannot be sent is a failure of its handler, not of its neighbours', async () => {
      await using here = await site(
        worker(({ payload }) => (payload === 'bad' ? done(publish('a\0b', 1)) : done()), { concurrency: 5 }),
      );
      await here.run({
        1: { queue: 'work', retry: { attempts: 1 } },
        start: [...['a', 'b', 'c', 'd'].map((good) => [1, good]), [1, 'bad']],
      });
      await here.settled(1, 'done', 4);
      expect((await here.settled(1, 'dead'))[0]?.cause?.code).toMatch(/stomp/);
    });

    it.each([
      ['outputs of a kind that there is not', [{ kind: 'sent', payload: 1 }], /no output of the kind sent/],
      ['outputs that are no list', 'ab', /outputs are no list/],
    ])('with %s, from plain JavaScript, is a failure that says so', async (_what, outputs, said) => {
      await using here = await site(worker(() => ({ kind: 'done', outputs }) as unknown as Outcome));
      await here.run(oneStep({ retry: { attempts: 1 } }));
      const [dead] = await here.settled(1, 'dead');
      expect(dead?.cause).toMatchObject({ code: 'outputs', message: expect.stringMatching(said) });
    });
  });

  it('lets a handler take its tools apart', async () => {
    await using here = await site(
      worker(async (_step, { aside, tell, signal, key }) => {
        await tell(send(key, 'told'));
        return done(send(await aside(Promise.resolve(signal.aborted)), 'aside'));
      }),
    );
    await here.run({
      1: { queue: 'work', output: { told: 2, aside: 3 } },
      2: { queue: 'told' },
      3: { queue: 'aside' },
      start: [[1, null]],
    });
    const [record] = await here.settled(1, 'done');
    expect(record?.outputs).toMatchObject([{ step: 3, payload: false }]);
  });

  describe('a message', () => {
    it('that does not meet the step’s `when` is skipped', async () => {
      await using here = await site(worker(() => done()));
      await here.run({
        1: { queue: 'work', when: { kind: 'grid' } },
        start: [
          [1, { kind: 'rotation' }],
          [1, { kind: 'grid' }],
        ],
      });
      await here.settled(1, 'skipped');
      await here.settled(1, 'done');
    });

    it('whose parameters break the schema is rejected, in words', async () => {
      const parameters = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] };
      await using here = await site(worker(({ parameters: { size } }) => done(send(size as Json)), { parameters }));
      await here.run({
        1: { queue: 'work', parameters: { size: '12' }, output: 3 },
        2: { queue: 'work', parameters: { size: 'big' } },
        3: { queue: 'sizes' },
        start: [
          [1, null],
          [2, null],
        ],
      });
      expect((await here.settled(2, 'dead'))[0]?.cause?.message).toContain('size must be integer, found "big"');
      expect(payloadOf(await here.next(here.client.queue('sizes')))).toBe(12);
    });

    it('that is no message to a step is dead-lettered as it came', async () => {
      await using here = await site(worker(() => done()));
      await here.client.send({ destination: here.client.queue('work'), headers: { mine: 'yes' }, body: '{"half": ' });
      const letter = await here.next(here.client.queue('work').replace('/queue/', '/queue/DLQ.'));
      expect(letter.body.toString()).toBe('{"half": ');
      expect(letter.headers).toMatchObject({ mine: 'yes', 'baton-error-code': 'recipes.syntax' });
    });

    it('whose outcome has no form in JSON is a failure of its handler, not of its neighbours', async () => {
      const odd: readonly (() => Outcome)[] = [
        () => done(result(1n as never)),
        () => done(publish('results', undefined as never)),
        () => ({ kind: 'skipped', cause: { code: 'odd', message: 1n as never } }),
        () => {
          throw Object.create(null) as Error;
        },
        () => later(Number.NaN, 'nobody knows when'),
        () => done(send(1, 'a', Infinity)),
        () => {
          throw Object.defineProperty(new Error('odd'), 'code', {
            get: () => {
              throw new Error('no code');
            },
          });
        },
      ];
      await using here = await site(worker(({ payload }) => odd[Number(payload)]?.() ?? done(), { concurrency: 10 }));
      await here.run({
        1: { queue: 'work', retry: { attempts: 1 }, output: { a: 2 } },
        2: { queue: 'out' },
        start: [0, 10, 1, 11, 2, 12, 3, 13, 4, 5, 6].map((each) => [1, each]),
      });
      await here.settled(1, 'done', 4);
      const codes = (await here.settled(1, 'dead', 7)).map(({ cause }) => cause?.code);
      const invalid = ['stomp.invalid', 'stomp.invalid', 'stomp.invalid'];
      expect(codes.sort()).toEqual(['exception', 'exception', 'outputs', 'outputs', ...invalid]);
    });

    it('whose headers, or whose run’s name, cannot be sent again is dead-lettered without them', async () => {
      await using here = await site(worker(() => failed('not that one')));
      const run = 'r\0'.repeat(5_000);
      // There would be a second attempt, were it not the message itself that cannot be sent again.
      const recipe = oneStep({ retry: { attempts: 2 } });
      const body = JSON.stringify({ environment: { ID: run }, recipe, 'recipe-pointer': 1 });
      const headers = { 'baton-key': 'k'.repeat(300) };
      await here.client.send({ destination: here.client.queue('work'), headers, body });
      const letter = await here.next(here.client.queue('work').replace('/queue/', '/queue/DLQ.'));
      expect(letter.body.toString()).toBe(body);
      expect(letter.headers['baton-error-code']).toBe('stomp.invalid');
      expect(await here.settled(1, 'dead')).toMatchObject([{ run }]);
    });

    it('to the step itself carries on where it stands', async () => {
      await using here = await site(
        worker(({ payload }) =>
          Number(payload) < 3 ? done(send(payload), checkpoint(Number(payload) + 1, 0.05)) : done(),
        ),
      );
      await here.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 0]] });
      const records = await here.settled(1, 'done', 4);
      expect(records.map(({ sends }) => sends[1] ?? 0)).toEqual([1, 1, 1, 0]);
      expect(records.map(({ path }) => path)).toEqual([[], [], [], []]);
      expect(new Set(records.map(({ key }) => key)).size).toBe(4);
    });

    it('keeps the priority, the run and a key on everything that follows from it', async () => {
      await using here = await site(worker(({ payload }) => done(send(payload))));
      const run = await here.run(
        { 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 'x']] },
        { priority: 7 },
      );
      const { headers } = await here.next(here.client.queue('out'));
      expect(headers).toMatchObject({
        priority: '7',
        'baton-run': run,
        'baton-attempt': '1',
        'workflows-recipe': 'True',
      });
      expect(headers['baton-key']).toMatch(/^[0-9a-f]{32}$/);
    });
  });

  describe('a result', () => {
    it('is answered on the announcer’s queue under its correlation id, and kept in the ledger', async () => {
      await using here = await site(worker(() => done(result({ centre: [1, 2] }))));
      const replyTo = here.client.queue('announcer');
      const run = await here.run(oneStep(), { replyTo, correlationId: 'scan 7' });
      const answer = await here.next(replyTo);
      expect(answer.headers['correlation-id']).toBe('scan 7');
      expect(JSON.parse(answer.body.toString())).toEqual({ status: 'result', run, result: { centre: [1, 2] } });
      expect((await here.settled(1, 'done'))[0]?.results).toEqual([{ centre: [1, 2] }]);
    });

    it('that nobody waits for any more is recorded as undeliverable, and holds up no other', async () => {
      await using here = await site(worker(({ payload }) => done(result(payload))));
      const gone = await vanishedQueue(here, broker.address());
      const replyTo = here.client.queue('announcer');
      const recipe = { 1: { queue: 'work' }, start: [1, 2, 3].map((n): Json => [1, n]) };
      await Promise.all([here.run(recipe, { replyTo: gone }), here.run(recipe, { replyTo })]);
      expect(
        (await here.replies(6)).map(({ to, outcome }) => `${outcome} ${to === replyTo ? 'there' : 'gone'}`).sort(),
      ).toEqual([...new Array<string>(3).fill('sent there'), ...new Array<string>(3).fill('undeliverable gone')]);
    });
  });

  describe('a join', () => {
    const joining = (step: JsonObject = {}): JsonObject => ({
      1: { queue: 'work', output: 2 },
      2: {
        queue: 'join',
        join: { count: 4, timeout: 30, order: 'n', ...(step['join'] as object) },
        output: 3,
        ...without(step, 'join'),
      },
      3: { queue: 'out' },
      start: [2, 0, 3, 1].map((n) => [1, { n }]),
    });
    const joiner = (process: Process, options: Partial<ServiceOptions<JsonObject>> = {}): AnyService =>
      defineService<JsonObject>({ ...defaults, name: 'joiner', queue: 'join', joins: true, process, ...options });

    it('calls its handler once, with all members in the declared order', async () => {
      await using here = await site(
        worker(({ payload }) => done(send(payload))),
        joiner(({ members }) => done(send(members.map(({ payload }) => payload)))),
      );
      await here.run(joining());
      const records = await here.settled(2, 'joined', 4);
      expect(records.map(({ sends }) => sends)).toEqual([{}, {}, {}, { 3: 1 }]);
      expect(payloadOf(await here.next(here.client.queue('out')))).toEqual([0, 1, 2, 3].map((n) => ({ n })));
    });

    it('is made once per value of `by`', async () => {
      await using here = await site(
        worker(({ payload }) =>
          done(send({ n: (payload as { n: number }).n, half: (payload as { n: number }).n % 2 })),
        ),
        joiner(({ members }) => done(send(members.map(({ payload }) => (payload as { n: number }).n)))),
      );
      await here.run(joining({ join: { count: 2, by: 'half', order: 'n', timeout: 30 } }));
      await here.settled(2, 'joined', 4);
      const halves = [await here.next(here.client.queue('out')), await here.next(here.client.queue('out'))].map(
        payloadOf,
      );
      expect(halves.sort()).toEqual([
        [0, 2],
        [1, 3],
      ]);
    });

    it('counts what failed on its way as missing at once, and tells its error link what is there', async () => {
      await using here = await site(
        worker(({ payload }) => ((payload as { n: number }).n === 2 ? rejected('blank') : done(send(payload)))),
        joiner(() => done()),
      );
      const recipe = { ...joining({ error: 3 }), 1: { queue: 'work', output: 2, error: 2 } };
      await here.run(recipe);
      const records = await here.settled(2, 'error-link', 4);
      expect(records.at(-1)?.cause?.code).toBe('join-missing');
      expect(payloadOf(await here.next(here.client.queue('out')))).toMatchObject({
        error: { code: 'join-missing', step: 2 },
        payload: { members: [{ n: 0 }, { n: 1 }, { n: 3 }], missing: 1 },
      });
    });

    it('ends at its deadline with what has come', async () => {
      await using here = await site(
        worker(({ payload }) => ((payload as { n: number }).n === 2 ? done() : done(send(payload)))),
        joiner(() => done()),
      );
      await here.run(joining({ join: { count: 4, timeout: 0.1 }, error: 3 }));
      const records = await here.settled(2, 'error-link', 3);
      expect(records.at(-1)?.cause).toEqual({
        code: 'join-deadline',
        message: '3 of 4 messages came before the deadline.',
      });
    });

    it('gets all members in one process, also those that were parked on their way', async () => {
      await using here = await site(
        worker(({ payload }) => done(send(payload, undefined, 0.1))),
        joiner(() => done()),
      );
      await using _other = await here.anotherHost();
      await here.run(joining());
      const hosts = (await here.settled(2, 'joined', 4)).map(({ host }) => host);
      expect(new Set(hosts).size).toBe(1);
    });

    it('closes once: who comes then is late, also for a process that did not see it closing', async () => {
      await using here = await site(
        worker(({ payload }) => done(send(payload))),
        joiner(() => done()),
      );
      const members = (...ns: number[]): JsonObject => ({
        ...joining({ join: { count: 3, timeout: 0.1 }, error: 3 }),
        start: ns.map((n) => [1, { n }]),
      });
      const run = await here.run(members(0));
      await here.settled(2, 'error-link');
      await here.host.stop();
      await using _again = await here.anotherHost();
      await here.run(members(0, 1, 2), {}, run);
      expect((await here.settled(2, 'late', 3)).map(({ host }) => host)).toEqual(['test.2', 'test.2', 'test.2']);
    });

    it('that fails is tried again with all members', async () => {
      const attempts: number[] = [];
      await using here = await site(
        worker(({ payload }) => done(send(payload))),
        joiner(({ members, attempt }) => {
          attempts.push(members.length);
          if (attempt === 1) throw new Error('once');
          return done(send('joined'));
        }),
      );
      await here.run(joining({ retry: { delay: 0.1 } }));
      await here.settled(2, 'joined', 4);
      expect(attempts).toEqual([4, 4]);
    });
  });

  describe('a service', () => {
    it('works on as many messages at the same time as it says, and on one group in order', async () => {
      let running = 0;
      let most = 0;
      const order: Json[] = [];
      await using here = await site(
        worker(
          async ({ payload }) => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            order.push(payload);
            return done();
          },
          { concurrency: 3 },
        ),
      );
      const all = Array.from({ length: 12 }, (_, n) => ({ group: n % 2, n }));
      await here.run({ 1: { queue: 'work', group: 'group' }, start: all.map((payload) => [1, payload]) });
      await here.settled(1, 'done', 12);
      expect(most).toBe(2);
      for (const group of [0, 1])
        expect(order.filter((each) => (each as { group: number }).group === group)).toEqual(
          all.filter((each) => each.group === group),
        );
    });

    it('heart-beats in Zocalo’s format', async () => {
      await using here = await site();
      const beat = here.next(here.client.topic('transient.status'));
      await using _other = await Site.start(broker.address(here.client.queue('').slice('/queue/'.length, -1)), [
        worker(() => done()),
      ]);
      const { headers, body } = await beat;
      expect(Number(headers['expires'])).toBeGreaterThan(Date.now());
      expect(JSON.parse(body.toString())).toMatchObject({
        host: 'test.1',
        serviceclass: 'worker',
        status: 1,
        statustext: 'starting',
        workflows: '3.5',
      });
    });

    it('is asked to shut down by host or by its name', async () => {
      await using here = await site(worker(() => done()));
      for (const command of [{ host: 'test.1' }, { service: 'worker' }, { host: 'other' }]) {
        const asked = here.host.events.once('shutdown');
        await here.client.send({
          destination: here.client.topic('command'),
          body: JSON.stringify({ command: 'shutdown', ...command }),
        });
        if (!('host' in command && command.host === 'other')) await asked;
      }
    });

    it('that stops finishes what runs, and leaves the rest to the next', async () => {
      const gate = Promise.withResolvers<undefined>();
      const started = Promise.withResolvers<undefined>();
      await using here = await site(
        worker(async () => {
          started.resolve(undefined);
          await gate.promise;
          return done();
        }),
      );
      await here.run({ 1: { queue: 'work' }, start: [1, 2, 3].map((n) => [1, n]) });
      await started.promise;
      const stopped = here.host.stop();
      gate.resolve(undefined);
      await stopped;
      expect(here.records.length === 0 || (await here.settled(1, 'done')).length === 1).toBe(true);
      expect(payloadOf(await here.next(here.client.queue('work')))).toBe(2);
    });
  });

  exerciseCancellation(() => broker.address(uniqueNamespace()));

  describe('the guard', () => {
    it('lets a suspect run alone, and clears it when it ends well', async () => {
      const suspects = new Suspects();
      let running = 0;
      let withSuspect = 0;
      const gate = Promise.withResolvers<undefined>();
      const cleared: string[] = [];
      const service = worker(
        async ({ payload }) => {
          running += 1;
          if (payload === 'suspect') withSuspect = running;
          else await Promise.race([gate.promise, new Promise((resolve) => setImmediate(resolve))]);
          running -= 1;
          return done();
        },
        { concurrency: 4 },
      );
      const notes = {
        started: async () => Promise.resolve(),
        ended: () => undefined,
        cleared: (id: string) => void cleared.push(id),
      };
      await using here = await Site.start(broker.address(uniqueNamespace()), [], {});
      await here.run({ 1: { queue: 'work' }, start: ['a', 'suspect', 'b', 'c'].map((payload) => [1, payload]) });
      for await (const delivery of here.client.browse(here.client.queue('work')))
        if (payloadOf(delivery) === 'suspect')
          suspects.learn({ messageId: delivery.messageId, deaths: ['a process'], lastOutput: '' });
      await using _there = await Site.start(
        broker.address(here.client.queue('').slice('/queue/'.length, -1)),
        [service],
        { suspects, notes },
      );
      await Promise.race([here.settled(1, 'done', 4), _there.settled(1, 'done', 4), both(here, _there)]);
      expect(withSuspect).toBe(1);
      expect(cleared).toHaveLength(1);
    });

    it('notes before a handler starts by when it should have ended', async () => {
      const noted: number[] = [];
      const notes = {
        started: async (_id: string, seconds: number) => {
          noted.push(seconds);
          return Promise.resolve();
        },
        ended: () => undefined,
        cleared: () => undefined,
      };
      let notedFirst: readonly number[] = [];
      const service = worker(() => {
        notedFirst = [...noted];
        return done();
      });
      await using here = await Site.start(broker.address(uniqueNamespace()), [service], { notes });
      await here.run(oneStep({ timeout: 7_200 }));
      await here.settled(1, 'done');
      expect(notedFirst).toEqual([600, 7_200]);
    });

    it('dead-letters unrun what killed three processes, with the last output', async () => {
      const suspects = new Suspects();
      const ran: Json[] = [];
      await using here = await Site.start(broker.address(uniqueNamespace()), []);
      await here.run({
        1: { queue: 'work' },
        start: [
          [1, 'poison'],
          [1, 'good'],
        ],
      });
      for await (const delivery of here.client.browse(here.client.queue('work')))
        if (payloadOf(delivery) === 'poison')
          suspects.learn({
            messageId: delivery.messageId,
            deaths: ['one', 'two', 'three'],
            lastOutput: 'Segmentation fault',
          });
      const letter = here.next(here.client.queue('work').replace('/queue/', '/queue/DLQ.'));
      const service = worker(({ payload }) => {
        ran.push(payload);
        return done();
      });
      await using there = await Site.start(
        broker.address(here.client.queue('').slice('/queue/'.length, -1)),
        [service],
        { suspects },
      );
      expect((await letter).headers['baton-error-message']).toBe(
        'It crashed its service 3 times. The last output was: Segmentation fault',
      );
      await both(here, there, 2);
      expect(ran).toEqual(['good']);
    });
  });
}

/** Two sites share a ledger queue: between them they get all records. */
async function both(one: Site, other: Site, count = 4): Promise<void> {
  while (one.records.length + other.records.length < count) await new Promise((resolve) => setImmediate(resolve));
}

/** The reply queue of an announcer that has left. */
async function vanishedQueue(here: Site, address: string): Promise<string> {
  const question = here.client.queue('question');
  await using announcer = new Client({ address: parseBrokerAddress(address), name: 'announcer' });
  await announcer.start();
  await announcer.subscribe({ destination: '/temp-queue/answers', ack: 'auto' }, () => undefined);
  await announcer.send({ destination: question, headers: { 'reply-to': '/temp-queue/answers' }, body: '' });
  return (await here.next(question)).headers['reply-to'] ?? '';
}

type Process = (step: StepInput<JsonObject>, tools: Tools) => Outcome | Promise<Outcome>;

const defaults = { description: 'a service of a test', parameters: { type: 'object' } };

function worker(process: Process, options: Partial<ServiceOptions<JsonObject>> = {}): AnyService {
  return defineService<JsonObject>({ ...defaults, name: 'worker', queue: 'work', process, ...options });
}

function oneStep(extra: JsonObject = {}): JsonObject {
  return { 1: { queue: 'work', ...extra }, start: [[1, 'begin']] };
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
