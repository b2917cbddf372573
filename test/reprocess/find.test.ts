import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRecipe } from '../../src/reprocess/errors.ts';
import type { BackfillPreview, BackfillRequest, Selection } from '../../src/reprocess/views.ts';
import { startEmbeddedBroker, type TestBroker } from '../fixtures/embedded-broker.ts';
import { Facility, recipe, request, type Desk } from './facility.ts';

const rules = { quietSeconds: 0, queueHigh: 1_000, queueLow: 100 };

describe('which runs are repeated', () => {
  let broker: TestBroker;
  let facility: Facility;
  let desk: Desk;
  beforeAll(async () => {
    broker = await startEmbeddedBroker();
    facility = await Facility.open(broker);
    desk = await facility.desk({ rules });
    desk.reprocessing.queues([]);
    for (const number of [1, 2, 4, 8]) await announced(number);
    await announced(9, { threshold: 66 });
    await announced(3, { visit: 'mx1-2', beamline: 'i03' });
    // Of number 2 somebody has made what the others lack, as a rerun and under its own announcement's number.
    await announced(2, { guid: 'other-2' }, ['other']);
    await facility.announce(11, { guid: 'refused-11' }, ['nowhere']);
    await refusedBy(desk, 1);
  });
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    await facility[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
  });

  it.each<[string, Selection, string[], string | undefined]>([
    ['numbers of a visit', { numbers: '1-4', visit: 'mx1-1' }, ['live-1-', 'live-2-', 'other-2', 'live-4-'], '3'],
    ['a beamline', { beamline: 'i03' }, ['live-3-mx1-2'], undefined],
    ['a recipe', { visit: 'mx1-1', recipe: 'other' }, ['other-2'], '3,5-7'],
    ['an end', { visit: 'mx1-1', state: 'failed' }, ['live-9-'], '3,5-7'],
    ['a collection that is not there', { collection: 'none' }, [], undefined],
    ['numbers that are not there', { numbers: '100-200', visit: 'mx1-1' }, [], '100-200'],
    [
      'what never had a recipe',
      { visit: 'mx1-1', lacks: 'other' },
      ['live-1-', 'live-4-', 'live-8-', 'live-9-'],
      '3,5-7',
    ],
    ['what never had a recipe, of some', { visit: 'mx1-1', lacks: 'other', numbers: '2-4' }, ['live-4-'], '3'],
    ['a time that is over', { visit: 'mx1-1', to: 1_000 }, [], '3,5-7'],
    ['a time to come', { visit: 'mx1-1', from: Date.now() + 1e9 }, [], '3,5-7'],
  ])('by %s', async (_what, selection, runs, gaps) => {
    const preview = await previewOf({ selection });
    expect(preview.runs.map(({ run }) => run).sort()).toEqual(runs.sort());
    expect(preview.gaps).toBe(gaps);
  });

  it('by their refusal: with another recipe only, and then they run for the first time', async () => {
    const refused = { selection: { state: 'refused', visit: 'mx1-1' } } as const;
    const stored = await previewOf(refused);
    expect(stored).toMatchObject({ runs: [], leftOut: [{ runs: 1, such: ['refused-11'] }] });
    const named = { ...refused, recipe: { use: 'named', name: 'other' } } as const;
    expect((await previewOf(named)).runs).toMatchObject([{ run: 'refused-11', state: 'refused', number: '11' }]);
    const { id } = await desk.create(request('', { ...named, selection: refused.selection }));
    await desk.until(id, ({ state }) => state === 'finished');
    const [item] = desk.reprocessing.runs(id, { limit: 1 }).items;
    expect(desk.ledger.queries.run(item?.run ?? '')).toMatchObject({
      ...{ recipes: ['other'], rerunOf: 'refused-11', state: 'finished', runNumber: '11' },
      parameters: { threshold: 10 },
    });
  });

  it('are not those that run still, nor those of which nothing is kept', async () => {
    const letGo = facility.keep(20);
    const run = await facility.announce(20);
    await facility.worked(({ number }) => number === 20);
    while (!desk.ledger.queries.summary(run)) await desk.ledger.events.once('run');
    expect((await previewOf({ selection: { numbers: '20' } })).leftOut).toEqual([
      { reason: 'It is running still.', runs: 1, such: [run] },
    ]);
    letGo();
    await desk.ended(run);
    const body = JSON.stringify({ custom_recipe: recipe, parameters: { guid: 'own', number: 21, threshold: 1 } });
    await facility.client.send({ destination: facility.client.queue('processing_recipe'), body });
    await desk.ended('own');
    const own = { selection: { numbers: '21' } };
    expect((await previewOf({ ...own, recipe: { use: 'current' } })).leftOut).toMatchObject([
      { runs: 1, such: ['own'] },
    ]);
    expect((await previewOf(own)).runs).toHaveLength(1);
  });

  it('tells what may be edited, what has changed since, and refuses what there is not', async () => {
    const { fields, changedRecipes } = await previewOf({ selection: { visit: 'mx1-1', recipe: 'find' } });
    expect(fields.find(({ name }) => name === 'threshold')).toEqual({
      ...{ name: 'threshold', type: 'number', minimum: 0, maximum: 100, description: 'counts of a spot' },
      ...{ usedBy: ['find, step 1: threshold'], values: [10, 66], givenBy: 6 },
    });
    expect(fields.map(({ name }) => name)).not.toContain('guid');
    expect(changedRecipes).toEqual([]);
    await facility.writeRecipe('find', { ...recipe, '2': { queue: 'find' } });
    const changed = await previewOf({ selection: { visit: 'mx1-1', recipe: 'find' } });
    expect(changed.changedRecipes).toEqual([{ name: 'find', runs: 6, example: 'live-1-' }]);
    await facility.writeRecipe('find', recipe);
    for (const name of ['nobody', '../find', ''])
      await expect(previewOf({ recipe: { use: 'named', name } })).rejects.toThrow(noRecipe({ name }).message);
    for (const parameters of [{ threshold: 101 }, { threshold: 'many' }, { guid: 'mine' }, { dispatcher_timeout: 1 }])
      await expect(previewOf({ parameters })).rejects.toThrow('cannot be that');
  });

  async function previewOf(changes: Partial<BackfillRequest>): Promise<BackfillPreview> {
    return await desk.reprocessing.preview(request('1-30', changes));
  }

  async function announced(...what: Parameters<Facility['announce']>): Promise<void> {
    await desk.ended(await facility.announce(...what));
  }
});

async function refusedBy({ ledger }: Desk, number: number): Promise<void> {
  while (ledger.queries.announcements().refused < number) await ledger.events.once('announcements');
}
