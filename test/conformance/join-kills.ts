import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../chaos/random.ts';
import type { Json } from '../../src/core/json.ts';
import { finalOutcomes, type LedgerRecord } from '../../src/services/record.ts';
import { KilledProcess } from '../fixtures/killed-process.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = new URL('../fixtures/joining-main.ts', import.meta.url);
const runs = 16;
const kills = 5;

/** Joins over two hosts that share nothing but the broker, and are killed again and again; under an address of its own. */
export function exerciseJoinKills(address: () => string): void {
  describe('joins on two hosts that are killed again and again', () => {
    it('close once each, and account for every member', async () => {
      const seed = Math.floor(Math.random() * 1e9);
      const random = seeded(seed);
      const shared = address();
      await using here = await Site.start(shared, []);
      await using folder = await temporaryFolder();
      await using one = new KilledProcess(main, { address: shared, folder: join(folder.path, 'one') });
      await using other = new KilledProcess(main, { address: shared, folder: join(folder.path, 'other') });
      const told: string[] = [];
      await here.client.subscribe({ destination: here.client.queue('told'), ack: 'auto' }, ({ headers }) => {
        told.push(headers['baton-run'] ?? '');
      });
      const started = await Promise.all(Array.from({ length: runs }, async () => await here.run(recipe(random))));
      const settled = (): number => new Set(here.records.flatMap(settledMember)).size;
      for (let kill = 0; kill < kills; kill += 1) {
        const moment = ((kill + random()) / kills) * 2.7 * runs;
        await expect.poll(settled, { timeout: 30_000 }).toBeGreaterThanOrEqual(Math.floor(moment));
        (random() < 0.5 ? one : other).kill();
      }
      await expect.poll(settled, { timeout: 30_000, message: `with seed ${seed}` }).toBe(3 * runs);
      // What is told leaves with the records: nothing more can come.
      await expect.poll(() => [...told].sort(), { message: `with seed ${seed}` }).toEqual([...started].sort());
    }, 60_000);
  });
}

/** The id of the record of a member that will not come again; none for other records. */
function settledMember(record: LedgerRecord): readonly string[] {
  return record.kind === 'step' && record.step === 2 && finalOutcomes.has(record.outcome) ? [record.id] : [];
}

/** Three members: together, or one of them when the time of the join may be over. */
function recipe(random: () => number): { readonly [key: string]: Json } {
  const delay = random() < 0.3 ? 0 : 4 + random() * 4;
  return {
    1: { queue: 'work', output: 2 },
    2: { queue: 'join', join: { count: 3, timeout: 0.5 }, output: 3, error: 3 },
    3: { queue: 'told' },
    start: [0, 0, delay].map((each, n): Json => [1, { n, delay: each }]),
  };
}
