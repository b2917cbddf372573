import { afterAll, beforeAll, expect, it } from 'vitest';
import { changed, noSuchBackfill, wrongState } from '../../src/reprocess/errors.ts';
import { Facility, request, type Desk, type FacilityBroker } from './facility.ts';

/** Live data has been quiet for long. */
const quiet = { rules: { quietSeconds: 0, queueHigh: 1_000, queueLow: 100 } };

/** What a back-fill does, on any broker. */
export function exerciseReprocessing(start: () => Promise<FacilityBroker>): void {
  let broker: FacilityBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  it('repeats exactly the runs of the preview, with another parameter, each once', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    desk.reprocessing.queues([]);
    await announced(facility, desk, [1, 2, 4, 6, 7, 8, 9]);
    const wish = request('4-8', { parameters: { threshold: 30 } });
    const preview = await desk.reprocessing.preview(wish);
    expect(preview.runs.map(({ number }) => number)).toEqual(['4', '6', '7', '8']);
    expect(preview).toMatchObject({ gaps: '5', leftOut: [], estimate: { runs: 4, steps: 4, messages: 4 } });
    expect(facility.works).toHaveLength(7);

    const { id } = await desk.reprocessing.create(wish, preview.digest, { by: 'ann', why: 'a better threshold' });
    const ended = await desk.until(id, ({ state }) => state === 'finished');
    expect(ended.counts).toMatchObject({ finished: 4, waiting: 0, running: 0, failed: 0, refused: 0 });
    const again = facility.works.slice(7);
    expect(again.map(({ number, threshold }) => [number, threshold]).sort()).toEqual([4, 6, 7, 8].map((n) => [n, 30]));
    for (const { run, source } of desk.reprocessing.runs(id, { limit: 10 }).items)
      expect(desk.ledger.queries.run(run)).toMatchObject({
        rerunOf: source,
        user: 'ann',
        parameters: { threshold: 30 },
      });
    // The same runs again are another back-fill, and other runs; what repeats a run is never a source itself.
    expect((await desk.reprocessing.preview(wish)).digest).toBe(preview.digest);
  });

  it('waits while live data comes, goes on by itself when it has been quiet, and says why', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk({ rules: { ...quiet.rules, quietSeconds: 1 } });
    desk.reprocessing.queues([]);
    await announced(facility, desk, [1, 2, 3]);
    const { id } = await desk.create(request('1-3', { pace: { runsPerMinute: 60_000, atOnce: 1 } }));
    const letGo = facility.keep(1);
    await facility.worked(({ run }) => run.startsWith(id));
    const held = desk.until(id, (backfill) => backfill.held?.why === 'live');
    await announced(facility, desk, [50]);
    expect((await held).held).toMatchObject({ why: 'live', beamlines: ['i24'] });
    letGo();
    await desk.until(id, ({ state }) => state === 'finished');
    // The next of it was started after the live one had been, and not before.
    expect(facility.works.slice(3).map(({ number }) => number)).toEqual([1, 50, 2, 3]);
  });

  it('waits while queues are deep, until they are shallow', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    await announced(facility, desk, [1]);
    desk.reprocessing.queues([{ name: 'find', waiting: 1_000 }]);
    const { id } = await desk.create(request('1'));
    expect(desk.reprocessing.one(id)).toMatchObject({
      state: 'running',
      held: { why: 'deep', queue: 'find', messages: 1_000 },
    });
    desk.reprocessing.queues([{ name: 'find', waiting: 101 }]);
    expect(desk.reprocessing.one(id).held).toMatchObject({ why: 'deep', messages: 101 });
    expect(desk.reprocessing.one(id).counts).toMatchObject({ waiting: 1 });
    desk.reprocessing.queues([{ name: 'find', waiting: 100 }]);
    await desk.until(id, ({ state }) => state === 'finished');
  });

  it('starts nothing while it is paused, and no more than may be under way', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    desk.reprocessing.queues([]);
    await announced(facility, desk, [1, 2, 3, 4]);
    const letGo = [1, 2, 3, 4].map((number) => facility.keep(number));
    const { id } = await desk.create(request('1-4', { pace: { runsPerMinute: 60_000, atOnce: 2 } }));
    await desk.until(id, ({ counts }) => counts.running === 2);
    expect(desk.reprocessing.one(id).counts).toMatchObject({ waiting: 2, announcing: 0 });
    // Nothing holds it: should nothing of it move for long, health says so.
    expect(desk.reprocessing.stalled()).toMatchObject([{ id, waiting: 2, underWay: 2 }]);
    const wish = { by: 'bob', why: 'the disk is full' };
    expect(desk.reprocessing.pause(id, wish)).toMatchObject({ state: 'paused', changed: wish });
    expect(() => desk.reprocessing.pause(id, wish)).toThrow(
      wrongState({ id, state: 'paused', wish: 'paused' }).message,
    );
    expect(desk.reprocessing.stalled()).toEqual([]);
    for (const go of letGo) go();
    const rested = await desk.until(id, ({ counts }) => counts.finished === 2);
    expect(rested).toMatchObject({ state: 'paused', counts: { waiting: 2, announcing: 0, announced: 0, running: 0 } });
    desk.reprocessing.resume(id, { ...wish, why: 'there is room' });
    expect((await desk.until(id, ({ state }) => state === 'finished')).counts.finished).toBe(4);
  });

  it('starts nothing more once it is cancelled, and cancels what is under way where that is wished', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    desk.reprocessing.queues([]);
    await announced(facility, desk, [1, 2, 3]);
    const letGo = facility.keep(1);
    const { id } = await desk.create(request('1-3', { pace: { runsPerMinute: 60_000, atOnce: 1 } }));
    await desk.until(id, ({ counts }) => counts.running === 1);
    await facility.worked(({ run }) => run.startsWith(id));
    const wish = { by: 'bob', why: 'the wrong visit' };
    const first = await desk.reprocessing.cancel(id, wish, false);
    expect(first).toMatchObject({ runs: 0, backfill: { state: 'cancelled', counts: { withdrawn: 2, running: 1 } } });
    expect(first.backfill.ended).toBeUndefined();
    expect((await desk.reprocessing.cancel(id, wish, true)).runs).toBe(1);
    letGo();
    const ended = await desk.until(id, (backfill) => backfill.ended !== undefined);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { withdrawn: 2, cancelled: 1 } });
    await expect(desk.reprocessing.cancel(id, wish, true)).rejects.toThrow('cannot be cancelled');
    expect(facility.works).toHaveLength(4);
  });

  it('tells of what was refused and what failed, with the numbers of the ledger', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    desk.reprocessing.queues([]);
    await announced(facility, desk, [1, 2]);
    await announced(facility, desk, [3], { threshold: 20 });
    const bad = await desk.create(request('1-2', { parameters: { threshold: 66 } }));
    expect((await desk.until(bad.id, ({ state }) => state === 'finished')).counts).toMatchObject({ failed: 2 });
    await facility.writeRecipe('find', { start: [[1, {}]], '1': { queue: 'find', output: 7 } });
    const wrong = await desk.create(request('3', { recipe: { use: 'current' } }));
    const ended = await desk.until(wrong.id, ({ state }) => state === 'finished');
    expect(ended.counts).toMatchObject({ refused: 1, finished: 0 });
    expect(desk.reprocessing.runs(wrong.id, { limit: 1 }).items).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('step') as string },
    ]);
    const { counts } = desk.reprocessing.one(bad.id);
    const ofLedger = desk.ledger.queries.runs({ state: 'failed', limit: 50 }).items;
    expect(ofLedger.filter(({ id }) => id.startsWith(bad.id))).toHaveLength(counts.failed);
  });

  it('is one, though the wish for it comes twice', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    await announced(facility, desk, [1, 2]);
    const wish = request('1-2', { pace: { runsPerMinute: 1, atOnce: 1 } });
    const [first, second] = await Promise.all([desk.create(wish), desk.create(wish)]);
    expect(second.id).toBe(first.id);
    const others = [await desk.create(request('1-2')), await desk.create(request('1', { pace: wish.pace }))];
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(3);
    await desk.reprocessing.cancel(first.id, { by: 'ann', why: 'a mistake' }, true);
  });

  it('is created of nothing but what was shown', async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk(quiet);
    await announced(facility, desk, [1]);
    const { digest } = await desk.reprocessing.preview(request('1-5'));
    await announced(facility, desk, [2]);
    const wish = { by: 'ann', why: 'a test' };
    await expect(desk.reprocessing.create(request('1-5'), digest, wish)).rejects.toThrow(changed({ runs: 2 }).message);
    const none = await desk.reprocessing.preview(request('7'));
    expect(none).toMatchObject({ runs: [], gaps: '7', estimate: { runs: 0, seconds: 0 } });
    await expect(desk.reprocessing.create(request('7'), none.digest, wish)).rejects.toThrow('No run fits');
    expect(() => desk.reprocessing.one('nobody')).toThrow(noSuchBackfill({ id: 'nobody' }).message);
  });
}

/** Announces runs as live data, and waits until they have ended. */
async function announced(facility: Facility, desk: Desk, numbers: readonly number[], more = {}): Promise<void> {
  for (const number of numbers) await facility.announce(number, more);
  for (const number of numbers) await desk.ended(`live-${String(number)}-`);
}
