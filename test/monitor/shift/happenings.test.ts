import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silent } from '../../../src/core/log.ts';
import { openStore } from '../../../src/ledger/store.ts';
import { Journal } from '../../../src/ledger/shift/journal.ts';
import type { Health, HealthState, ServiceView } from '../../../src/monitor/api.ts';
import { Happenings } from '../../../src/monitor/shift/happenings.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

const noon = Date.UTC(2026, 10, 20, 12);

it('a check that flickers is not kept; one that stays otherwise is, from when it changed, and not twice', async () => {
  await using folder = await temporaryFolder();
  using store = openStore(folder.path);
  const journal = new Journal(store);
  let now = noon;
  const clock = { ...systemClock, now: () => now };
  const happenings = new Happenings({ journal, clock, log: silent, services: [], checks: [] });
  const look = (state: HealthState, since: number): void => {
    now = since + 1_000;
    happenings.health(healthOf(state, since));
  };
  look('warning', noon);
  look('pass', noon + 5_000);
  look('error', noon + 10_000);
  now = noon + 26_000;
  happenings.health(healthOf('error', noon + 10_000));
  happenings.health(healthOf('error', noon + 10_000));
  happenings.stop();
  expect(journal.between('health', noon, noon + 60_000, 10)).toMatchObject([
    { time: noon + 10_000, subject: 'broker', told: { before: 'pass', state: 'error', message: 'it is error' } },
  ]);
});

it('services that an earlier monitor knew have not started; a flood of others fills nothing', async () => {
  await using folder = await temporaryFolder();
  using store = openStore(folder.path);
  const journal = new Journal(store);
  const known = viewOf('mx-1.7');
  const options = { journal, clock: systemClock, log: silent, services: [known], checks: [] };
  const happenings = new Happenings(options);
  happenings.service(known);
  happenings.service({ ...known, lost: true });
  happenings.service({ ...known, lost: true });
  happenings.service(known);
  for (let n = 0; n < 2_000; n += 1) happenings.service(viewOf(`flood.${String(n)}`));
  happenings.stop();
  const kept = journal.between('service', 0, Date.now() + 1_000, 5_000);
  expect(kept.slice(0, 2).map(({ subject, told }) => [subject, told['what']])).toEqual([
    ['index on mx-1.7', 'lost'],
    ['index on mx-1.7', 'back'],
  ]);
  expect(kept.length).toBeLessThanOrEqual(500);
});

function healthOf(state: HealthState, since: number): Health {
  return { state, version: '1', checks: [{ check: 'broker', state, message: `it is ${state}`, since }] };
}

function viewOf(host: string): ServiceView {
  return {
    ...{ host, service: 'Index', serviceClass: 'index', status: 2, statusText: 'idle', utilization: {} },
    ...{ lastSeen: 0, lost: false, version: '1.2.3', extra: {} },
  };
}
