import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BackfillPreview, BackfillRun, BackfillView, CancelledBackfill } from '../../src/monitor/api.ts';
import { startBaton } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const recipe = {
  '1': { queue: 'record_result', service: 'Result recorder', parameters: { beamline: '{beamline}' } },
  start: [[1, { threshold: '{threshold}' }]],
};

it(
  'baton reprocess counts runs, repeats them with other parameters, and says what became of them',
  { timeout: 300_000 },
  async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'recipes'));
    await writeFile(join(folder.path, 'recipes', 'find.json'), JSON.stringify(recipe));
    await using baton = await startBaton(undefined, {
      config: { recipes: join(folder.path, 'recipes'), reprocessing: { quietSeconds: 0, runsPerMinute: 6_000 } },
    });
    for (const number of [4, 5, 6, 8]) {
      const set = [
        'beamline=i24',
        'visit=mx1-1',
        `run_number=${String(number)}`,
        'threshold=10',
        `guid=run-${String(number)}`,
      ];
      const announced = await baton.baton('announce', 'find', '--wait', ...set.flatMap((each) => ['--set', each]));
      expect([announced.code, announced.stderr]).toEqual([0, '']);
    }
    const such = ['4,6-8', '--visit', 'mx1-1', '--set', 'threshold=30'];
    const told = await baton.baton('reprocess', 'create', ...such, '--dry-run');
    expect(told.stdout).toContain('There is no run with the number 7.');
    expect(told.stdout).toMatch(
      /\n3 runs, 3 steps, 3 messages; some [\d.]+ s each, .*while nothing holds them\.\nNothing was started\.\n$/,
    );
    const preview = (await baton.baton('reprocess', 'create', ...such, '--dry-run', '--json')).json<BackfillPreview>();
    expect(preview.runs.map(({ run }) => run)).toEqual(['run-4', 'run-6', 'run-8']);
    expect((await baton.baton('reprocess', 'ls')).stdout).toBe('No back-fills.\n');

    const without = await baton.baton('reprocess', 'create', ...such);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--reason')]);
    const all = await baton.baton('reprocess', 'create', ...such, '--reason', 'a better threshold', '--wait', '--json');
    expect([all.code, all.stderr]).toEqual([0, '']);
    const { id } = all.json<BackfillView>();
    expect(all.json<BackfillView>()).toMatchObject({ state: 'finished', counts: { finished: 3, waiting: 0 } });
    const shown = (await baton.baton('reprocess', 'show', id, '--json')).json<{ runs: readonly BackfillRun[] }>();
    expect(shown.runs.map(({ source, state }) => [source, state])).toEqual(
      ['run-4', 'run-6', 'run-8'].map((source) => [source, 'finished']),
    );
    const run = await baton.baton('run', shown.runs[0]?.run ?? '', '--json');
    expect(run.json()).toMatchObject({ rerunOf: 'run-4', results: [{ result: { threshold: '30' } }] });
    expect((await baton.baton('reprocess', 'show', id)).stdout).toContain('a better threshold\n');

    const slow = ['--rate', '0.1', '--at-once', '1', '--reason', 'slowly', '--json'];
    const begun = (await baton.baton('reprocess', 'create', '4-8', '--visit', 'mx1-1', ...slow)).json<BackfillView>();
    const paused = await baton.baton('reprocess', 'pause', begun.id, '--reason', 'the disk is full');
    expect([paused.code, paused.stdout]).toEqual([0, `back-fill ${begun.id}: paused\n`]);
    const again = await baton.baton('reprocess', 'pause', begun.id, '--reason', 'again');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is paused, and cannot be paused')]);
    expect((await baton.baton('reprocess', 'resume', begun.id, '--reason', 'there is room')).code).toBe(0);
    const cancelled = await baton.baton('reprocess', 'cancel', begun.id, '--running', '--reason', 'enough', '--json');
    expect(cancelled.json<CancelledBackfill>().backfill).toMatchObject({ state: 'cancelled', counts: { waiting: 0 } });
    expect((await baton.baton('reprocess', 'ls')).stdout).toMatch(
      new RegExp(`${begun.id}.*cancelled.*\n${id}.*finished`),
    );

    const wrong = await baton.baton('reprocess', 'create', '8-6', '--visit', 'mx1-1', '--dry-run');
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('position 1: expected the smaller number first, 6-8'),
    ]);
    const nobody = await baton.baton('reprocess', 'show', 'nobody');
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('There is no back-fill "nobody"')]);
  },
);
