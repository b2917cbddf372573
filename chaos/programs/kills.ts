import { setTimeout } from 'node:timers/promises';
import { moments } from '../moments.ts';
import { seeded } from '../random.ts';
import { signalled } from '../scene.ts';
import { begunIn, isProgram, reapers } from './processes.ts';
import type { Kill, ProgramScene } from './scene.ts';

/** What is killed, and how often in comparison. `all` is a power cut of Baton; `everything`, of all its hosts. */
const weights: Readonly<Record<string, number>> = {
  programs: 4,
  told: 2,
  dispatcher: 1,
  post: 2,
  monitor: 2,
  broker: 2,
  supervisor: 2,
  all: 1,
  program: 5,
  reaper: 2,
};
const redisWeights: Readonly<Record<string, number>> = { worker: 4, redis: 4, everything: 1 };

/** ms that Redis is away: mostly short, and now and then, in a long run, longer than leases last. */
const redisAway = { short: 2_500, long: 24_000, perLong: 8, longRun: 1_000 } as const;

/** Kills at so many random moments of the work. Rejects when `signal` aborts. */
export async function killAtRandom(
  scene: ProgramScene,
  { kills, seed, messages }: { readonly kills: number; readonly seed: number; readonly messages: number },
  done: Kill[],
  signal: AbortSignal,
): Promise<void> {
  const random = seeded(seed);
  const longest = messages >= redisAway.longRun ? redisAway.long : redisAway.short;
  for await (const progress of moments(kills, scene.announcer, random, signal)) {
    const target = drawn(random(), scene);
    // Drawn first, so that a seed draws the same.
    const which = random();
    let killed = await kill(scene, target, which, longest);
    for (; !killed; killed = await kill(scene, target, which, longest)) await setTimeout(20, undefined, { signal });
    done.push(killed);
    scene.tell(`killed ${JSON.stringify(killed)} at ${progress}`);
  }
}

/** Undefined when there is none just now. */
async function kill(scene: ProgramScene, target: string, which: number, longest: number): Promise<Kill | undefined> {
  const { baton, broker, redis, workers } = scene;
  const killed = (isKilled: boolean | undefined): Kill | undefined =>
    isKilled === true ? { at: Date.now(), target } : undefined;
  switch (target) {
    case 'supervisor':
      return killed(baton.killSupervisor());
    case 'all':
      return killed(baton.killAll());
    case 'program':
      return await killProgram(scene, which);
    case 'reaper':
      return killed(oneOf(reapers(scene.weather), which, (pid) => signalled(pid, 'SIGKILL')));
    case 'worker':
      return killed(workers?.kill(Math.floor(which * workers.count)));
    case 'redis':
      return killed(redis?.kill(pauseOf(which, longest)));
    case 'everything':
      return killed(everything(scene, which));
    case 'broker':
      if (broker) return killed(broker.pid !== undefined && signalled(broker.pid, 'SIGKILL'));
  }
  const pid = baton.pid(target);
  return killed(pid !== undefined && signalled(pid, 'SIGKILL'));
}

/** One that runs just now, of those that began last. */
async function killProgram({ programJournal }: ProgramScene, which: number): Promise<Kill | undefined> {
  const begun = (await begunIn(programJournal)).slice(-60).filter(({ pid }) => isProgram(pid, programJournal));
  const { run, kind, pid } = begun[Math.floor(which * begun.length)] ?? { run: '', kind: '', pid: 0 };
  return pid > 0 && signalled(pid, 'SIGKILL') ? { at: Date.now(), target: 'program', run, kind } : undefined;
}

/** Baton, its workers with their reapers, and Redis. */
function everything({ baton, redis, workers, weather }: ProgramScene, which: number): boolean {
  const all = reapers(weather);
  const isKilled = baton.killAll();
  for (let index = 0; index < (workers?.count ?? 0); index += 1) workers?.kill(index);
  for (const pid of all) signalled(pid, 'SIGKILL');
  redis?.kill(which * redisAway.short);
  return isKilled;
}

function pauseOf(which: number, longest: number): number {
  return which < 1 / redisAway.perLong ? longest : which * redisAway.short;
}

function oneOf<Value>(values: readonly Value[], which: number, act: (value: Value) => boolean): boolean {
  const value = values[Math.floor(which * values.length)];
  return value !== undefined && act(value);
}

function drawn(random: number, { redis }: ProgramScene): string {
  const all = { ...weights, ...(redis ? redisWeights : {}) };
  let rest = random * Object.values(all).reduce((sum, weight) => sum + weight, 0);
  for (const [target, weight] of Object.entries(all)) {
    rest -= weight;
    if (rest < 0) return target;
  }
  return 'programs';
}
