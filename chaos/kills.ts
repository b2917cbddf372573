import { setTimeout } from 'node:timers/promises';
import { signal as sendSignal, type Scene } from './scene.ts';

/** What is killed, and how often in comparison. `all` is a power cut. */
const weights: Readonly<Record<string, number>> = {
  first: 4,
  second: 4,
  third: 2,
  dispatcher: 2,
  post: 3,
  monitor: 3,
  broker: 3,
  supervisor: 2,
  all: 1,
};

/** Kills what is drawn, once it runs: it may be starting again after its last death. Resolves with what it was. */
export async function killOne(scene: Scene, random: () => number, signal: AbortSignal): Promise<string> {
  const target = drawn(random());
  while (!killed(scene, target)) await setTimeout(20, undefined, { signal });
  return target;
}

/** False when it does not run just now. */
function killed(scene: Scene, target: string): boolean {
  if (target === 'supervisor') return scene.baton.killSupervisor();
  return target === 'all' ? scene.baton.killAll() : sendSignal(scene, target, 'SIGKILL');
}

function drawn(random: number): string {
  let rest = random * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const [target, weight] of Object.entries(weights)) {
    rest -= weight;
    if (rest < 0) return target;
  }
  return 'first';
}
