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
/** Where programs run elsewhere, and beside what of that is killed. */
const everythingWeight = 1;

/** What is there only as long as there is work; when that is done, its service is killed in its place. */
const fleeting: ReadonlySet<string> = new Set(['program', 'keeper']);

/** Kills at so many random moments of the work. Rejects when `signal` aborts. */
export async function killAtRandom(
  scene: ProgramScene,
  { kills, seed }: { readonly kills: number; readonly seed: number },
  done: Kill[],
  signal: AbortSignal,
): Promise<void> {
  const random = seeded(seed);
  for await (const progress of moments(kills, scene.announcer, random, signal)) {
    const target = drawn(random(), scene);
    // Drawn first, so that a seed draws the same.
    const which = random();
    const present = (): string => (fleeting.has(target) && scene.announcer.progress >= 1 ? 'programs' : target);
    let killed = await kill(scene, present(), which);
    for (; !killed; killed = await kill(scene, present(), which)) await setTimeout(20, undefined, { signal });
    done.push(killed);
    scene.tell(`killed ${JSON.stringify(killed)} at ${progress}`);
  }
}

/** Undefined when there is none just now. */
async function kill(scene: ProgramScene, target: string, which: number): Promise<Kill | undefined> {
  const { baton, broker, elsewhere } = scene;
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
    case 'everything':
      return killed(everything(scene, which));
    case 'broker':
      if (broker) return killed(broker.pid !== undefined && signalled(broker.pid, 'SIGKILL'));
  }
  if (elsewhere && target in elsewhere.weights) return killed(await elsewhere.kill(target, which));
  const pid = baton.pid(target);
  return killed(pid !== undefined && signalled(pid, 'SIGKILL'));
}

/** One that runs just now, of those that began last. */
async function killProgram({ programJournal }: ProgramScene, which: number): Promise<Kill | undefined> {
  const begun = (await begunIn(programJournal)).slice(-60).filter(({ pid }) => isProgram(pid, programJournal));
  const { run, kind, pid } = begun[Math.floor(which * begun.length)] ?? { run: '', kind: '', pid: 0 };
  return pid > 0 && signalled(pid, 'SIGKILL') ? { at: Date.now(), target: 'program', run, kind } : undefined;
}

/** Baton, all its hosts with their reapers, and what keeps its jobs. */
function everything({ baton, elsewhere, weather }: ProgramScene, which: number): boolean {
  const all = reapers(weather);
  const isKilled = baton.killAll();
  elsewhere?.killAll(which);
  for (const pid of all) signalled(pid, 'SIGKILL');
  return isKilled;
}

function oneOf<Value>(values: readonly Value[], which: number, act: (value: Value) => boolean): boolean {
  const value = values[Math.floor(which * values.length)];
  return value !== undefined && act(value);
}

function drawn(random: number, { elsewhere }: ProgramScene): string {
  const all = { ...weights, ...(elsewhere ? { ...elsewhere.weights, everything: everythingWeight } : {}) };
  let rest = random * Object.values(all).reduce((sum, weight) => sum + weight, 0);
  for (const [target, weight] of Object.entries(all)) {
    rest -= weight;
    if (rest < 0) return target;
  }
  return 'programs';
}
