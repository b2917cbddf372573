import { expect, it } from 'vitest';
import type { RunDetail } from '../../src/monitor/api.ts';
import { startBaton } from '../fixtures/baton.ts';

const scan = {
  ...{ file: '/nowhere.nxs', number_of_frames: 4, steps_x: 2, steps_y: 2, snaked: false, orientation: 'horizontal' },
  ...{ box_size_px: [1, 1], snapshot_offset: [0, 0], beamline: 'i03', visit: 'mx1', guid: 'scan' },
};

it('baton cancel ends a run that waits, and says what became of each run named', { timeout: 60_000 }, async () => {
  await using baton = await startBaton();
  const parameters = Object.entries(scan).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`]);
  expect((await baton.baton('announce', 'gridscan-nexus', ...parameters)).stdout).toContain('accepted');

  const cancelled = await baton.baton('cancel', 'scan', '--reason', 'the wrong sample', '--json');
  expect([cancelled.code, cancelled.json()]).toEqual([0, { runs: [{ run: 'scan', state: 'cancelled' }] }]);

  const run = async (): Promise<RunDetail> => (await baton.baton('run', 'scan', '--json')).json<RunDetail>();
  let found = await run();
  while (found.state === 'running') found = await run();
  expect(found).toMatchObject({ state: 'cancelled', waiting: 0, cancellation: { reason: 'the wrong sample' } });
  expect(found.steps.reduce((sum, step) => sum + step.cancelled, 0)).toBeGreaterThan(0);

  const again = await baton.baton('cancel', 'scan', 'nobody');
  expect(again.code).toBe(1);
  expect(again.stdout.trim().split('\n').sort()).toEqual([
    'nobody: not known. Should it be announced within a day, it is refused, or cancelled as it starts.',
    'scan: has ended before; it is cancelled.',
  ]);
  expect(again.stderr).toContain('Not cancelled: nobody.');
});
