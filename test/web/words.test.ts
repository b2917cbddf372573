import { describe, expect, it } from 'vitest';
import { failuresOf } from '../../web/src/failed/words.ts';
import { byDepth, queueKind } from '../../web/src/overview/queue.ts';
import { isOutdated } from '../../web/src/overview/version.ts';
import { belongs, runsPath, withFilter } from '../../web/src/runs/filter.ts';
import { runName } from '../../web/src/runs/name.ts';
import { bytes, percent, plural, rate } from '../../web/src/words/figures.ts';
import { pretty } from '../../web/src/words/pretty.ts';
import { serviceState, statusDetail } from '../../web/src/words/states.ts';
import { age, duration, moment } from '../../web/src/words/time.ts';
import { sceneOf } from './fixture/scenes.ts';

const [run] = sceneOf('few', 0).runs;
if (run === undefined) throw new Error('The scene has no run.');
const queue = { name: 'q', waiting: 0, inFlight: 0, consumers: 1, enqueued: 0, dequeued: 0, inRate: 0, outRate: 0 };

describe('the words of the page', () => {
  it('say how long something took with two units at most', () => {
    const times = [-5, 0, 999, 6400, 59_999, 127_400, 3_600_000, 90_061_000];
    expect(times.map(duration)).toEqual(['0 ms', '0 ms', '999 ms', '6.4 s', '59 s', '2 min 7 s', '1 h', '1 d 1 h']);
  });

  it('say how long ago something was in one unit', () => {
    const ages = [0, 7999, 8000, 60_000, 3_599_000, 90_000_000];
    expect(ages.map((length) => age(0, length))).toEqual([
      'now',
      'now',
      '8 s ago',
      '1 min ago',
      '59 min ago',
      '1 d ago',
    ]);
  });

  it('speak of runs only where what failed came from a step of one', () => {
    expect(failuresOf('4 messages', { step: 2 }, 3)).toBe('4 messages of 3 runs');
    expect(failuresOf('4 messages', {}, 4)).toBe('4 messages');
    expect(failuresOf('1 message', { step: 2 }, 0)).toBe('1 message');
  });

  it('name the day only where it is another, and the year only where it is another', () => {
    const time = new Date(2026, 10, 21, 14, 3, 22).getTime();
    expect(moment(time, time)).toBe('14:03:22');
    expect(moment(time, new Date(2026, 10, 22).getTime())).toBe('21 Nov, 14:03');
    expect(moment(time, new Date(2027, 0, 1).getTime())).toBe('21 Nov 2026, 14:03');
  });

  it('round figures to what they say', () => {
    expect([0, 0.44, 12.34, 512.4].map(rate)).toEqual(['0', '0.4', '12.3', '512']);
    expect([999, 1000, 2_480_000].map(bytes)).toEqual(['999 B', '1 kB', '2.5 MB']);
    expect([percent(0.625), plural(1, 'run'), plural(12_000, 'run')]).toEqual(['63 %', '1 run', '12,000 runs']);
  });

  it('keep on one line what fits there, and are JSON', () => {
    const value = {
      steps: [14, 11],
      text: 'a, b',
      rows: Array.from({ length: 3 }, () => Array.from({ length: 20 }, () => 100)),
    };
    const text = pretty(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.split('\n')).toHaveLength(9);
    expect(text).toContain('"steps": [14, 11],');
  });

  it('call a run by its collection, else by its recipes', () => {
    expect(runName(run)).toBe('thau_3_3 · 2');
    const { collection: _, runNumber: __, ...nameless } = run;
    expect(runName(nameless)).toBe('grid-scan');
  });

  it('call a service outdated only when its version is older than the newest', () => {
    const pairs = [
      ['0.1.0', '0.2.0'],
      ['0.10.0', '0.9.9'],
      ['1.0.0', '1.0.0'],
      ['3.5', '0.1.0'],
    ] as const;
    expect(pairs.map(([mine, newest]) => isOutdated(mine, newest))).toEqual([true, false, false, false]);
    expect(isOutdated(undefined, '1.0.0')).toBe(false);
  });

  it('call a service held back that says so, whatever its number, and lost one that is lost', () => {
    const [service] = sceneOf('few', 0).services;
    if (service === undefined) throw new Error('The scene has no service.');
    const held = { ...service, status: 2, statusText: 'held back: 30 messages wait in analysis', lost: false };
    expect(serviceState(held)).toMatchObject({ word: 'held back', tone: 'warn' });
    expect(statusDetail(held)).toBe('30 messages wait in analysis');
    expect(statusDetail({ ...held, statusText: 'idle' })).toBe('');
    expect(serviceState({ ...held, lost: true }).word).toBe('lost');
  });

  it('tell queues that need attention from those that flow', () => {
    expect(queueKind(queue)).toBe('flowing');
    expect(queueKind({ ...queue, waiting: 3, consumers: 0 })).toBe('no consumer');
    expect(queueKind({ ...queue, name: 'DLQ.zocalo.q', waiting: 1, consumers: 0 })).toBe('dead letters');
    expect(queueKind({ ...queue, name: 'DLQ.q', consumers: 0 })).toBe('flowing');
    expect(queueKind({ ...queue, name: 'zocalo.baton.later.0.125', waiting: 9 })).toBe('parked');
  });

  it('put the deepest queue first, and what is quiet and internal last', () => {
    const names = ['baton.later.16', 'q10', 'q9', 'busy', 'deep', 'baton.later.2'].map((name) => ({ ...queue, name }));
    const queues = names.map((each) => ({
      ...each,
      ...(each.name === 'busy' ? { inRate: 1 } : {}),
      ...(each.name === 'deep' ? { waiting: 1 } : {}),
    }));
    const sorted = queues.toSorted(byDepth).map(({ name }) => name);
    expect(sorted).toEqual(['deep', 'busy', 'q9', 'q10', 'baton.later.2', 'baton.later.16']);
  });
});

describe('the conditions on the list of runs', () => {
  it('stand in the address as they are asked of the monitor', () => {
    expect(runsPath(new URLSearchParams('state=failed&cursor=7&beamline=&other=1'))).toBe(
      '/api/runs?limit=50&state=failed&cursor=7',
    );
  });

  it('begin at the newest run again when one changes', () => {
    expect(withFilter(new URLSearchParams('state=failed&cursor=7'), 'beamline', 'i24')).toBe(
      '/runs?state=failed&beamline=i24',
    );
    expect(withFilter(new URLSearchParams('state=failed&cursor=7'), 'state', '')).toBe('/runs');
  });

  it('are judged for what the feed tells, but for the search, which the monitor judges', () => {
    const fits = (query: string): boolean => belongs(run, new URLSearchParams(query));
    expect([fits(''), fits('state=running&beamline=i24'), fits('state=failed'), fits('text=thau')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
