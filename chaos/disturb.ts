import { harms, type HarmKind } from './harms.ts';
import { killOne } from './kills.ts';
import { moments } from './moments.ts';
import { seeded } from './random.ts';
import type { Scene } from './scene.ts';

export interface Disturbing {
  readonly kills: number;
  readonly kinds: readonly HarmKind[];
  readonly seed: number;
  readonly scale: number;
}

/** What was done, by name and count. */
export interface Done {
  readonly killed: Record<string, number>;
  readonly harms: Record<string, number>;
}

/**
 * Does all the harm at random moments of the work, each kind in a sequence of its own that the seed gives. Resolves when
 * all of it is done and repaired; rejects when `signal` aborts, with everything repaired.
 */
export async function disturb(scene: Scene, options: Disturbing, done: Done, signal: AbortSignal): Promise<void> {
  const { kinds, seed, kills, scale } = options;
  const { acquisition, tell } = scene;
  const killing = async (): Promise<void> => {
    const random = seeded(seed);
    for await (const progress of moments(kills, acquisition, random, signal)) {
      const target = await killOne(scene, random, signal);
      tell(`killed ${target} at ${progress}`);
      done.killed[target] = (done.killed[target] ?? 0) + 1;
    }
  };
  const harming = async (kind: HarmKind, index: number): Promise<void> => {
    const random = seeded(seed + 1000 * (index + 1));
    const count = Math.max(1, Math.round(kills / harms[kind].kills));
    for await (const progress of moments(count, acquisition, random, signal)) {
      tell(`${kind} begins at ${progress}`);
      // A sequence for each: how much one of them draws depends on how many connections there are.
      const own = seeded(Math.floor(random() * 2 ** 32));
      const what = await harms[kind].do(scene, { random: own, scale }, signal);
      tell(`${kind} is over: ${what}`);
      done.harms[kind] = (done.harms[kind] ?? 0) + 1;
    }
  };
  const all = (Object.keys(harms) as HarmKind[]).entries();
  const chosen = [...all].filter(([, kind]) => kinds.includes(kind));
  const results = await Promise.allSettled([killing(), ...chosen.map(([index, kind]) => harming(kind, index))]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
