import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeathPoint, Told } from './desk-main.ts';
import { Facility, request, type FacilityBroker } from './facility.ts';

const numbers = [1, 2, 3, 4, 5, 6];
const rules = { quietSeconds: 0, queueHigh: 1_000, queueLow: 100 };
/** One at a time: which of them is under way when the process dies is known. */
const oneByOne = request('1-6', { pace: { runsPerMinute: 60_000, atOnce: 1 } });

/** A back-fill whose process is killed goes on, and starts each run once. */
export function exerciseKills(start: () => Promise<FacilityBroker>): void {
  let broker: FacilityBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  it.each<[DeathPoint, string]>([
    ['written', 'what is to be announced is on disk, and not sent'],
    ['sent', 'the broker has the announcement, and nobody was told'],
    ['confirmed', 'it is on disk that the broker has it'],
  ])('killed when %s: %s', async (point) => {
    await using facility = await Facility.open(broker);
    const id = await begun(facility);
    // Dies with the first announcement; begun again, with the second; and then goes on to the end.
    for (const after of [0, 1]) await killed({ ...about(facility), point, after });
    await finishes(facility, id);
  });

  it('killed at any time', async () => {
    await using facility = await Facility.open(broker);
    const id = await begun(facility);
    for (const run of [2, 4]) {
      const desk = launched({ ...about(facility), point: 'never', after: 0 });
      await facility.worked(({ run: one, number }) => one.startsWith(id) && number === run);
      desk.kill('SIGKILL');
      await once(desk, 'exit');
    }
    await finishes(facility, id);
  });

  it('cancelled, and killed with an announcement of which nobody knows: that run does not go on', async () => {
    await using facility = await Facility.open(broker);
    const id = await begun(facility);
    await killed({ ...about(facility), point: 'written', after: 0 });
    await using desk = await facility.desk({ rules });
    await desk.reprocessing.cancel(id, { by: 'bob', why: 'a test' }, false);
    desk.reprocessing.queues([]);
    const ended = await desk.until(id, (backfill) => backfill.ended !== undefined);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { withdrawn: 6, running: 0, finished: 0 } });
    expect(facility.works).toHaveLength(numbers.length);
  });
}

/** A back-fill that was created, of which nothing has been announced. */
async function begun(facility: Facility): Promise<string> {
  await using desk = await facility.desk({ rules });
  for (const number of numbers) await facility.announce(number);
  for (const number of numbers) await desk.ended(`live-${String(number)}-`);
  return (await desk.create(oneByOne)).id;
}

/** Goes on to the end: each run was started once, and the numbers are the ledger's. */
async function finishes(facility: Facility, id: string): Promise<void> {
  await using desk = await facility.desk({ rules });
  desk.reprocessing.queues([]);
  const ended = await desk.until(id, ({ state }) => state === 'finished');
  expect(ended.counts).toMatchObject({ finished: numbers.length, refused: 0, withdrawn: 0, waiting: 0 });
  const again = facility.works.filter(({ run }) => run.startsWith(id)).map(({ number }) => number);
  expect(again.sort()).toEqual(numbers);
  const runs = desk.ledger.queries.runs({ limit: 100 }).items.filter((run) => run.id.startsWith(id));
  expect(runs.map(({ state, sent }) => [state, sent])).toEqual(numbers.map(() => ['finished', 1]));
  // What was announced twice was known as the same, and refused to nobody.
  const { refused, accepted } = desk.ledger.queries.announcements();
  expect([refused, accepted]).toEqual([0, 2 * numbers.length]);
}

function about({ address, folder }: Facility): Pick<Told, 'address' | 'folder'> {
  return { address, folder };
}

function launched(told: Told): ChildProcess {
  return fork(new URL('desk-main.ts', import.meta.url), [JSON.stringify(told)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function killed(told: Told): Promise<void> {
  const [, signal] = (await once(launched(told), 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}
