import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../src/core/json.ts';
import { recipeHash } from '../../src/recipes/hash.ts';
import type { AnnouncementRecord } from '../../src/services/record.ts';
import type { RunContext } from '../../src/services/run-context.ts';
import type { Delivery } from '../../src/stomp/client.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { Office } from './dispatcher.ts';

/** As people write: with a key that stands twice, and a layout of its own. */
const written = `{
  "1": { "comment": "an old one", "queue": "nowhere" },
  "1": { "queue": "work", "parameters": { "colour": "{colour}", "run": "{guid}" } },
  "start": [ [ 1, "{frames}" ] ]
}
`;
const read = {
  1: { queue: 'work', parameters: { colour: '{colour}', run: '{guid}' } },
  start: [[1, '{frames}']],
};

/** What a run is pinned to, and how it is repeated, on any broker. */
export function exerciseIdentity(
  start: () => Promise<AsyncDisposable & { address(namespace?: string): string }>,
): void {
  let broker: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  describe('a run', () => {
    it('is pinned to the recipe that it follows and to what that was made from, as it is on disk', async () => {
      await using office = await site(broker);
      const names = { recipes: ['written'], parameters: { colour: 'blue', frames: '12' } };
      const one = await runOf(office, { ...names, parameters: { ...names.parameters, guid: 'one' } });
      expect(one.record.sources).toEqual([
        { name: 'written', hash: recipeHash(read), text: written, bytes: Buffer.byteLength(written) },
      ]);
      expect(one.record.sourceHash).toBe(recipeHash(read));
      expect(one.record.recipeHash).toBe(recipeHash(one.record.recipe ?? {}));
      const { recipeHash: ofRecipe, sourceHash: ofSource } = one.record;
      expect(one.environment).toMatchObject({ recipeHash: ofRecipe, sourceHash: ofSource });

      // Laid out anew, and without what did not count, it is the same version; with other parameters another recipe.
      await writeFile(join(office.folder, 'written.json'), JSON.stringify(read));
      const two = await runOf(office, { ...names, parameters: { ...names.parameters, guid: 'two' } });
      expect(two.record.sourceHash).toBe(one.record.sourceHash);
      expect(two.record.recipeHash).not.toBe(one.record.recipeHash);
    });

    it('that Python’s zocalo.go announces is pinned like any other; by a clock that is ahead it gets no more time', async () => {
      await using office = await site(broker);
      const { client } = office.site;
      const body = '{"recipes": ["written"], "parameters": {"colour": "blue", "frames": "12", "guid": "d6f117bb"}}';
      const headers = {
        'zocalo.go.user': 'gda2',
        'zocalo.go.host': 'i03-control',
        timestamp: String(Date.now() + 3_600_000),
        'baton-sent': String(Date.now() + 3_600_000),
      };
      await client.send({ destination: client.queue('processing_recipe'), headers, body });
      const { environment } = JSON.parse((await office.site.next(client.queue('work'))).body.toString()) as {
        environment: { ID: string; baton: RunContext };
      };
      expect(await office.recorded('accepted')).toMatchObject({
        run: 'd6f117bb',
        user: 'gda2',
        sourceHash: recipeHash(read),
        sources: [{ name: 'written', text: written }],
      });
      expect(environment).toMatchObject({ ID: 'd6f117bb', baton: { sourceHash: recipeHash(read) } });
      expect(environment.baton.announcedAt).toBeLessThanOrEqual(Date.now());
    });

    it('that several recipes are merged for is pinned to all of them, in their order', async () => {
      await using office = await site(broker);
      const parameters = { frames: 1 };
      const merged = await runOf(office, { recipes: ['written', 'other'], parameters: { ...parameters, guid: 'a' } });
      expect(merged.record.sources?.map(({ name }) => name)).toEqual(['written', 'other']);
      const turned = await runOf(office, { recipes: ['other', 'written'], parameters: { ...parameters, guid: 'b' } });
      expect(turned.record.sourceHash).not.toBe(merged.record.sourceHash);
    });

    it('whose recipe is too large to be kept is pinned to its hash', async () => {
      await using office = await site(broker);
      const large = {
        1: { queue: 'work', parameters: { data: ['{$REPLACE:data}', '{$REPLACE:data}'] } },
        start: [[1, 1]],
      };
      await writeFile(join(office.folder, 'large.json'), JSON.stringify(large));
      const data = 'x'.repeat(3 * 1024 * 1024);
      const { record } = await runOf(office, { recipes: ['large'], parameters: { data, guid: 'large' } });
      expect(record.recipe).toBeUndefined();
      expect(record.recipeHash).toMatch(/^[0-9a-f]{64}$/);
      expect(record.sources).toMatchObject([{ name: 'large', text: JSON.stringify(large) }]);
    });
  });

  describe('a rerun', () => {
    it('has the recipe as it was, though the file changed since, and names the run that it repeats', async () => {
      await using office = await site(broker);
      const parameters = { colour: 'blue', frames: '12', guid: 'first' };
      const first = await runOf(office, { recipes: ['written'], parameters });
      await writeFile(join(office.folder, 'written.json'), JSON.stringify({ ...read, start: [[1, 'changed']] }));

      const [source] = first.record.sources ?? [];
      const recipes = [{ name: 'written', text: source?.text ?? '' }];
      const again = { rerun: { of: 'first', recipes }, parameters: { ...parameters, guid: 'second' } };
      const second = await runOf(office, again, 'baton.reruns');
      expect(second.record).toMatchObject({ run: 'second', rerunOf: 'first', sourceHash: first.record.sourceHash });
      expect(second.body).toMatchObject({
        payload: '12',
        recipe: { 1: { parameters: { colour: 'blue', run: 'second' } } },
      });

      const today = {
        rerun: { of: 'first', recipes: [{ name: 'written' }] },
        parameters: { ...parameters, guid: 'third' },
      };
      const third = await runOf(office, today, 'baton.reruns');
      expect(third.body).toMatchObject({ payload: 'changed' });
      expect(third.record.sourceHash).not.toBe(first.record.sourceHash);
    });

    it('fills in anew what the rules add, and asks them nothing', async () => {
      await using office = await site(broker);
      const parameters = {
        event: 'start',
        kind: 'grid',
        frames: 3,
        file: join(office.folder, 'rules.yaml'),
        guid: 'first',
      };
      const first = await runOf(office, { parameters }, 'data-collection');
      expect(first.record.sources).toMatchObject([{ name: 'centre', parameters: { colour: 'blue' } }]);
      const recipes = (first.record.sources ?? []).map(({ name, text = '' }) => ({
        name,
        text,
        parameters: { colour: 'as {guid}' },
      }));
      await writeFile(join(office.folder, 'rules.yaml'), 'rules: nonsense');
      const again = { rerun: { of: 'first', recipes }, parameters: { ...parameters, guid: 'second', file: '/gone' } };
      const second = await runOf(office, again, 'baton.reruns');
      expect(second.body).toMatchObject({ recipe: { 1: { parameters: { colour: 'as second', run: 'second' } } } });
    });

    it('with the id of a run that has started is a duplicate', async () => {
      await using office = await site(broker);
      await runOf(office, { recipes: ['written'], parameters: { guid: 'first' } });
      const again = { rerun: { of: 'first', recipes: [{ name: 'written' }] }, parameters: { guid: 'first' } };
      expect(await office.announce('baton.reruns', again)).toMatchObject({ status: 'duplicate', run: 'first' });
    });

    it.each([
      ['names no run', {}, '"rerun" of the announcement: expected an object, got null.'],
      [
        'names a file outside the folder',
        { of: 'r', recipes: [{ name: '../rules' }] },
        'expected the name of a recipe',
      ],
      ['brings what is no text', { of: 'r', recipes: [{ name: 'written', text: {} }] }, 'expected text, got an object'],
      ['brings what is no recipe', { of: 'r', recipes: [{ name: 'written', text: '{' }] }, 'written.json'],
    ])('that %s is refused, in words', async (_what, rerun, reason) => {
      await using office = await site(broker);
      const body = Object.keys(rerun).length === 0 ? { parameters: {} } : { rerun, parameters: {} };
      const answer = await office.announce('baton.reruns', body);
      expect(answer).toMatchObject({ status: 'refused', reason: expect.stringContaining(reason) as string });
      await office.deadLetter('baton.reruns');
    });

    it('is nothing that an announcement may ask for, who may bring no recipes', async () => {
      await using office = await site(broker);
      const rerun = { of: 'r', recipes: [{ name: 'mine', text: JSON.stringify(read) }] };
      expect(await office.announce('processing_recipe', { rerun, parameters: {} })).toMatchObject({
        status: 'refused',
      });
    });
  });
}

async function site(broker: { address(namespace?: string): string }): Promise<Office> {
  const office = await Office.open(broker.address(uniqueNamespace()));
  await writeFile(join(office.folder, 'written.json'), written);
  return office;
}

/** What became of an announcement that starts at a step with the queue `work`: its record, and its first message. */
async function runOf(
  office: Office,
  announcement: JsonObject,
  queue = 'processing_recipe',
): Promise<{ record: AnnouncementRecord; body: JsonObject; environment: JsonObject }> {
  const answer = await office.announce(queue, announcement);
  expect(answer).toMatchObject({ status: 'accepted' });
  const message: Delivery = await office.site.next(office.site.client.queue('work'));
  const body = JSON.parse(message.body.toString()) as JsonObject & { environment: JsonObject };
  const { baton } = body.environment;
  const record = await office.site.recorded(
    (each): each is AnnouncementRecord => each.kind === 'announcement' && each.run === answer.run,
  );
  return { record, body, environment: isObject(baton) ? baton : {} };
}
