import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { Dispatcher } from '../../src/dispatcher/dispatcher.ts';
import type { AnnouncementRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import type { Delivery } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { payloadOf, Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const rules = `
rules:
  - name: grid scans
    when: { event: start, kind: [grid, mesh], frames: { type: integer, minimum: 1 } }
    recipes: [centre]
    parameters: { colour: blue }
    ready: { files: ['{file}'] }
  - name: the end
    when: { event: end }
    recipes: []
  - name: rotations
    when: { kind: rotation, event: rotated }
    key: [dcid, 'sample[id]']
    recipes: [other]
`;

const recipes: Record<string, JsonObject> = {
  centre: { 1: { queue: 'work', parameters: { colour: '{colour}', run: '{guid}' } }, start: [[1, '{frames}']] },
  other: { 1: { queue: 'elsewhere', output: 2 }, 2: { queue: 'end' }, start: [[1, []]] },
  announcing: { 1: { queue: 'processing_recipe' }, start: [[1, { recipes: ['other'], parameters: {} }]] },
  broken: { 1: { queue: 'work', output: 7 }, start: [[1, []]] },
};

const fields = { beamline: ['beamline'], visit: ['visit'], collection: ['dcid'], runNumber: ['run'] };

/** What announcers get from the dispatcher, on any broker. */
export function exerciseDispatcher(
  start: () => Promise<AsyncDisposable & { address(namespace?: string): string }>,
): void {
  let broker: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  describe('an announcement of a data collection', () => {
    it('starts the recipes that the rules choose, with their parameters, and is accepted', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const file = await office.file('scan.h5');
      const answer = await office.announce('data-collection', collection({ file }));
      expect(answer).toEqual({ status: 'accepted', run: 'guid-1', recipes: ['centre'] });
      const message = await office.site.next(office.site.client.queue('work'));
      expect(payloadOf(message)).toBe('12');
      expect(JSON.parse(message.body.toString())).toMatchObject({
        recipe: { 1: { parameters: { colour: 'blue', run: 'guid-1' } } },
        'recipe-path': [],
        'recipe-pointer': 1,
        environment: { ID: 'guid-1', baton: { priority: 6, lane: 'live' } },
      });
      const record = await office.recorded('accepted');
      expect(record).toMatchObject({
        run: 'guid-1',
        beamline: 'i03',
        visit: 'mx1',
        collection: '5',
        runNumber: '2',
        sends: { 1: 1 },
      });
      expect(record.recipeHash).toMatch(/^[0-9a-f]{64}$/);
    });

    it('that no rule applies to is refused: the announcer and the dead-letter queue are told why', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const answer = await office.announce('data-collection', { parameters: { event: 'start', kind: 'rotation' } });
      expect(answer.status).toBe('refused');
      expect(answer['reason']).toContain(
        'grid scans: kind is "rotation", expected one of "grid", "mesh", frames is missing',
      );
      const letter = await office.deadLetter('data-collection');
      expect(letter.headers['baton-error-message']).toBe(answer['reason']);
      expect(JSON.parse(letter.body.toString())).toEqual({ parameters: { event: 'start', kind: 'rotation' } });
      expect(await office.recorded('refused')).toMatchObject({ reason: answer['reason'] });
    });

    it('that the rules have nothing to run for is accepted', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const answer = await office.announce('data-collection', { parameters: { event: 'end' } });
      expect(answer).toMatchObject({ status: 'accepted', recipes: [] });
      expect((await office.recorded('accepted')).sends).toEqual({});
    });

    it('waits until it is ready', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const file = join(office.folder, 'late.h5');
      const answer = office.announce('data-collection', collection({ file }));
      expect((await office.recorded('later')).reason).toBe(`waits for the file ${file}`);
      await office.file('late.h5');
      expect(await answer).toMatchObject({ status: 'accepted', run: 'guid-1' });
    });

    it('waits while the disk does not take that its run starts', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      using store = new DatabaseSync(join(office.folder, 'dispatcher.sqlite'));
      store.exec(`CREATE TRIGGER full BEFORE INSERT ON started BEGIN SELECT RAISE(ABORT, 'no room'); END`);
      const answer = office.announce('processing_recipe', { recipes: ['other'], parameters: { guid: 'g' } });
      expect((await office.recorded('later')).reason).toContain('no room');
      store.exec('DROP TRIGGER full');
      expect(await answer).toMatchObject({ status: 'accepted', run: 'g' });
    });

    it('waits while it cannot be read which runs were started', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      using store = new DatabaseSync(join(office.folder, 'dispatcher.sqlite'));
      store.exec('ALTER TABLE started RENAME TO away');
      const answer = office.announce('processing_recipe', { recipes: ['other'], parameters: { guid: 'g' } });
      expect((await office.recorded('later')).reason).toContain('cannot be read or written');
      store.exec('ALTER TABLE away RENAME TO started');
      expect(await answer).toMatchObject({ status: 'accepted', run: 'g' });
    });

    it('that never becomes ready is refused when its time is up, to the queue it names for that', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const parameters = {
        ...collection({ file: '/nowhere' }).parameters,
        dispatcher_timeout: 1,
        dispatcher_error_queue: 'not-ready',
      };
      const answer = await office.announce('data-collection', { parameters });
      expect(answer).toMatchObject({ status: 'refused', reason: 'Not ready within 1 s: the file /nowhere.' });
      expect((await office.site.next(office.site.client.queue('not-ready'))).headers['baton-error-code']).toBe(
        'dispatcher.not-ready',
      );
    });
  });

  describe('an announcement with a key declared in the rules', () => {
    const rotation = (more: JsonObject): { parameters: JsonObject } => ({
      parameters: { event: 'rotated', kind: 'rotation', dcid: 5, sample: { id: 7 }, ...more },
    });

    it('is a duplicate of an earlier one of the same key, whatever ids they bring, as text or as numbers', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const first = await office.announce('data-collection', rotation({ guid: 'one' }));
      expect(first).toMatchObject({ status: 'accepted', recipes: ['other'] });
      expect(first.run).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      for (const more of [{ guid: 'two', dcid: '5' }, { sample: { id: '7' } }])
        expect(await office.announce('data-collection', rotation(more))).toEqual({
          status: 'duplicate',
          run: first.run,
          reason: `The run ${first.run} has been started by an earlier announcement with dcid 5, sample[id] 7.`,
        });
      expect(await office.announce('data-collection', rotation({ dcid: 6 }))).toMatchObject({ status: 'accepted' });
      const message = await office.site.next(office.site.client.queue('elsewhere'));
      expect(JSON.parse(message.body.toString())).toMatchObject({ environment: { ID: first.run } });
    });

    it('starts another run on purpose: with dispatcher_again, once for each value of it, or with recipes by name', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const first = await office.announce('data-collection', rotation({}));
      const again = await office.announce('data-collection', rotation({ dispatcher_again: 2 }));
      expect(again).toMatchObject({ status: 'accepted' });
      expect(again.run).not.toBe(first.run);
      expect(await office.announce('data-collection', rotation({ dispatcher_again: '2' }))).toMatchObject({
        status: 'duplicate',
        run: again.run,
      });
      const { parameters } = rotation({});
      expect(await office.announce('processing_recipe', { recipes: ['other'], parameters })).toMatchObject({
        status: 'accepted',
      });
    });

    it('that lacks a parameter of the key is refused', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      expect(await office.announce('data-collection', rotation({ sample: {} }))).toMatchObject({
        status: 'refused',
        reason:
          'The rule "rotations" tells announcements apart by the parameter sample[id]: expected text or a number, got nothing.',
      });
    });

    it('starts its run once, though the dispatcher is killed again and again', { timeout: 60_000 }, async () => {
      await using folder = await temporaryFolder();
      await writeSite(folder.path);
      const url = broker.address(uniqueNamespace());
      await using site = await Site.start(url, []);
      const outcomes = (): readonly AnnouncementRecord[] =>
        site.records.filter((record) => record.kind === 'announcement');
      const settled = async (count: number): Promise<void> => {
        while (outcomes().length < count) await site.recordCame();
      };
      const announcements = Array.from({ length: 120 }, (_, n) =>
        rotation({ dcid: n % 40, guid: `guid-${String(n)}` }),
      );
      for (const announcement of announcements)
        await site.client.send({
          destination: site.client.queue('data-collection'),
          body: JSON.stringify(announcement),
        });
      for (const kill of [1, 40, 80]) {
        await using process = await dispatcherProcess(url, folder.path);
        await settled(kill);
        await process[Symbol.asyncDispose]();
      }
      await using _last = await dispatcherProcess(url, folder.path);
      await settled(announcements.length);
      const accepted = outcomes().filter(({ outcome }) => outcome === 'accepted');
      expect(outcomes()).toHaveLength(announcements.length);
      expect(accepted.map(({ parameters }) => parameters['dcid']).toSorted()).toEqual(
        Array.from({ length: 40 }, (_, n) => n).toSorted(),
      );
      const started: string[] = [];
      for await (const copy of site.client.browse(site.client.queue('elsewhere')))
        started.push(copy.headers['baton-run'] ?? '');
      expect(started.toSorted()).toEqual(accepted.map(({ run }) => run).toSorted());
    });
  });

  describe('an announcement whose run is cancelled', () => {
    it('waits no longer: it is refused, and is no dead letter', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const answer = office.announce('data-collection', collection({ file: '/nowhere' }));
      await office.recorded('later');
      await office.site.cancel('guid-1');
      const reason = 'The run guid-1 was cancelled before it started.';
      expect(await answer).toEqual({ status: 'refused', run: 'guid-1', reason });
      expect(await office.recorded('refused')).toMatchObject({ run: 'guid-1', reason });
      const letters = office.site.client.browse(
        office.site.client.queue('data-collection').replace('/queue/', '/queue/DLQ.'),
      );
      expect((await letters.next()).done).toBe(true);
    });
  });

  describe('a request to process', () => {
    it('runs the recipes it names, merged', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const answer = await office.announce('processing_recipe', {
        recipes: ['centre', 'other'],
        parameters: { frames: 3 },
      });
      expect(answer['run']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8/);
      expect((await office.recorded('accepted')).sends).toEqual({ 1: 1, 2: 1 });
    });

    it.each([
      ['is no JSON', '{"recipes": ["cen', 'recipes.syntax'],
      ['names a recipe that does not exist', { recipes: ['nothing'] }, 'dispatcher.no-recipe'],
      ['names a file outside the folder', { recipes: ['../secret'] }, 'dispatcher.bad-request'],
      ['names a recipe that is broken', { recipes: ['broken'] }, 'recipes.invalid'],
      [
        'brings a recipe where that is not permitted',
        { custom_recipe: recipes['other'] ?? {} },
        'dispatcher.custom-not-permitted',
      ],
      ['is a list', [], 'dispatcher.bad-request'],
      ['has parameters that are a list', { recipes: ['centre'], parameters: [] }, 'dispatcher.bad-request'],
    ] as [string, Json, string][])('that %s is refused', async (_what, body, code) => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const answer = await office.announce('processing_recipe', body);
      expect(answer).toMatchObject({ status: 'refused' });
      expect((await office.deadLetter('processing_recipe')).headers['baton-error-code']).toBe(code);
    });

    it('with the run id of an earlier one is a duplicate of it, and starts nothing', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const request = { recipes: ['other'], parameters: { guid: 'same' } };
      expect(await office.announce('processing_recipe', request)).toMatchObject({ status: 'accepted' });
      expect(await office.announce('processing_recipe', request)).toMatchObject({ status: 'duplicate', run: 'same' });
      expect((await office.recorded('duplicate')).sends).toEqual({});
    });

    it('that a step of a recipe sends starts a run of its own, and is accounted for in that of the step', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      await office.announce('processing_recipe', { recipes: ['announcing'], parameters: { guid: 'parent' } });
      const [step] = await office.site.settled(1, 'done');
      expect(step).toMatchObject({ run: 'parent', service: 'dispatcher', queue: 'processing_recipe', sends: {} });
      const runs = office.site.records.filter((record) => record.kind === 'announcement').map(({ run }) => run);
      expect(runs).toHaveLength(2);
      expect(payloadOf(await office.site.next(office.site.client.queue('elsewhere')))).toEqual([]);
    });

    it('may not ask for its answer on a queue of Baton’s own', async () => {
      await using office = await Office.open(broker.address(uniqueNamespace()));
      const body = JSON.stringify({ recipes: ['other'] });
      const headers = { 'reply-to': office.site.client.queue('baton.ledger') };
      await office.site.client.send({ destination: office.site.client.queue('processing_recipe'), headers, body });
      expect((await office.deadLetter('processing_recipe')).headers['baton-error-message']).toContain('reply-to');
    });
  });
}

function collection(more: JsonObject): { parameters: JsonObject } {
  return {
    parameters: {
      guid: 'guid-1',
      event: 'start',
      kind: 'grid',
      frames: '12',
      beamline: 'i03',
      visit: 'mx1',
      dcid: 5,
      run: 2,
      ...more,
    },
  };
}

async function writeSite(folder: string): Promise<void> {
  await writeFile(join(folder, 'rules.yaml'), rules);
  for (const [name, recipe] of Object.entries(recipes))
    await writeFile(join(folder, `${name}.json`), JSON.stringify(recipe));
}

/** A dispatcher in a process of its own, which disposing of it kills. */
async function dispatcherProcess(address: string, folder: string): Promise<AsyncDisposable> {
  const script = new URL('../dispatcher/dispatcher-process.ts', import.meta.url);
  const child = fork(script, [address, folder, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const closed = once(child, 'close');
  await Promise.race([once(child, 'message'), closed]);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** A dispatcher with a folder of recipes, and an announcer. */
export class Office implements AsyncDisposable {
  readonly site: Site;
  readonly folder: string;
  readonly #dispatcher: Dispatcher;
  readonly #stack: AsyncDisposableStack;
  #announced = 0;

  private constructor(site: Site, folder: string, dispatcher: Dispatcher, stack: AsyncDisposableStack) {
    this.site = site;
    this.folder = folder;
    this.#dispatcher = dispatcher;
    this.#stack = stack;
  }

  static async open(url: string): Promise<Office> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder());
    await writeSite(folder.path);
    const site = stack.use(await Site.start(url, []));
    const announcements = { customRecipes: false, fields };
    const dispatcher = stack.use(
      new Dispatcher({
        address: parseBrokerAddress(url),
        recipes: folder.path,
        store: folder.path,
        announcements,
        host: 'test.2',
        version: '0',
      }),
    );
    await dispatcher.start();
    return new Office(site, folder.path, dispatcher, stack.move());
  }

  async file(name: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, '');
    return path;
  }

  /** Announces, and returns the first answer. */
  async announce(queue: string, body: Json): Promise<JsonObject & { status: string; run: string }> {
    this.#announced += 1;
    const replyTo = this.site.client.queue(`answers.${this.#announced}`);
    const headers = { 'reply-to': replyTo, 'correlation-id': `id ${this.#announced}` };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await this.site.client.send({ destination: this.site.client.queue(queue), headers, body: text });
    const answer = await this.site.next(replyTo);
    expect(answer.headers['correlation-id']).toBe(`id ${this.#announced}`);
    return JSON.parse(answer.body.toString()) as JsonObject & { status: string; run: string };
  }

  async deadLetter(queue: string): Promise<Delivery> {
    return await this.site.next(this.site.client.queue(queue).replace('/queue/', '/queue/DLQ.'));
  }

  async recorded(outcome: AnnouncementRecord['outcome']): Promise<AnnouncementRecord> {
    return await this.site.recorded(
      (record): record is AnnouncementRecord => record.kind === 'announcement' && record.outcome === outcome,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispatcher.stop();
    await this.#stack.disposeAsync();
  }
}
