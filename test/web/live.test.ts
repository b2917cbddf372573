import { describe, expect, it } from 'vitest';
import { LiveState } from '../../web/src/live/live.ts';
import { coalesce } from '../../web/src/server/coalesce.ts';
import { sceneOf } from './fixture/scenes.ts';
import { summaryOf } from './fixture/server.ts';

const scene = sceneOf('few', 1000);
const runs = scene.runs.map(summaryOf);
const snapshot = {
  type: 'snapshot',
  time: 1500,
  jobs: { unheard: 0, ending: 0, running: 0, waiting: 0 },
  ...scene,
  runs,
} as const;

describe('what the feed tells', () => {
  it('is folded into what is known, and only what changed is new', () => {
    const state = new LiveState(0);
    state.apply(snapshot, 1000);
    const before = state.publish();
    expect(before).toMatchObject({ epoch: 1, skew: 500 });
    expect(state.publish()).toBe(before);
    const [service] = scene.services;
    if (service === undefined) throw new Error('The scene has no service.');
    state.apply({ type: 'service', service: { ...service, lost: true } }, 1100);
    const after = state.publish();
    expect(after.services).toHaveLength(scene.services.length);
    expect(after.services.find(({ host }) => host === service.host)?.lost).toBe(true);
    expect(after.queues).toBe(before.queues);
    expect(after.runs).toBe(before.runs);
  });

  it('forgets with a new snapshot what is no longer there', () => {
    const state = new LiveState(0);
    state.apply(snapshot, 1000);
    state.apply({ ...snapshot, services: scene.services.slice(1), runs: [] }, 2000);
    expect(state.publish()).toMatchObject({ epoch: 2, services: scene.services.slice(1) });
    expect(state.publish().runs.size).toBe(0);
  });

  it('does not grow with the hours a page is open', () => {
    const state = new LiveState(0);
    const [run] = runs;
    if (run === undefined) throw new Error('The scene has no run.');
    for (let number = 0; number < 2000; number += 1)
      state.apply({ type: 'run', run: { ...run, id: String(number) } }, 0);
    expect(state.publish().runs.size).toBe(500);
    expect(state.publish().runs.has('1999')).toBe(true);
  });
});

describe('a task that is asked for often', () => {
  it('is done one at a time, and once more for all that was asked meanwhile', async () => {
    const started: (() => void)[] = [];
    const next = async (count: number): Promise<void> => {
      while (started.length < count) await new Promise(setImmediate);
    };
    const task = coalesce(async () => await new Promise<void>((done) => started.push(done)), 0);
    task.touch();
    await next(1);
    for (let times = 0; times < 5; times += 1) task.touch();
    expect(started).toHaveLength(1);
    started[0]?.();
    await next(2);
    task.stop();
    task.touch();
    started[1]?.();
    expect(started).toHaveLength(2);
  });
});
