import { setImmediate as turn } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StartedRuns } from '../../src/dispatcher/started-runs.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

describe('the runs that were started', () => {
  it('are forgotten once they are older than a duplicate can be, a few at a time', async () => {
    await using folder = await temporaryFolder();
    using runs = new StartedRuns(folder.path);
    for (let time = 0; time < 1000; time += 1) runs.claim(`run-${String(time)}`, 'first', time);
    // Another process, as a second dispatcher, writes in between.
    using other = new DatabaseSync(join(folder.path, 'dispatcher.sqlite'));
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
      other.exec(`INSERT INTO started VALUES ('other-${String(pauses)}', 'second', 5000)`);
      await turn();
    };
    expect(await runs.forget(900, pause)).toBe(900);
    expect(pauses).toBeGreaterThan(2);
    expect(runs.isTaken('run-899', 'second')).toBe(false);
    expect(runs.isTaken('run-900', 'second')).toBe(true);
    expect(runs.isTaken('other-1', 'first')).toBe(true);
    expect(await runs.forget(900, pause)).toBe(0);
  });

  it('of an earlier version are forgotten too', async () => {
    await using folder = await temporaryFolder();
    {
      using store = new DatabaseSync(join(folder.path, 'dispatcher.sqlite'));
      store.exec(`CREATE TABLE started (run TEXT PRIMARY KEY, announcement TEXT NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO started VALUES ('old', 'first', 1), ('young', 'first', 100)`);
    }
    using runs = new StartedRuns(folder.path);
    expect(await runs.forget(50, turn)).toBe(1);
    expect([runs.isTaken('old', 'second'), runs.isTaken('young', 'second')]).toEqual([false, true]);
  });
});
