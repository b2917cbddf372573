import { setTimeout } from 'node:timers/promises';
import type { Acquisition } from './acquisition.ts';
import type { Baton } from './baton.ts';

/** The broker where it is no part of Baton. */
export interface ForeignBroker {
  /** Kills it, and starts it again on the same data. */
  killAndRestart(): Promise<void>;
}

export interface KillOptions {
  readonly baton: Baton;
  readonly broker: ForeignBroker | undefined;
  readonly acquisition: Acquisition;
  readonly kills: number;
  readonly random: () => number;
  readonly tell: (what: string) => void;
}

/** What is killed, and how often in comparison. `all` is a power cut. */
const weights: Readonly<Record<string, number>> = {
  first: 4,
  second: 4,
  dispatcher: 2,
  post: 3,
  monitor: 3,
  broker: 3,
  supervisor: 2,
  all: 1,
};

/** The last kill comes when so much of the work is done, so that all of them fall upon work. */
const lastKill = 0.95;
/** Milliseconds between what is counted and the kill, at most: kills are not to fall upon the same place always. */
const hesitation = 400;

/** Kills at random, at so many random moments of the progress. Resolves with how often each was killed. */
export async function killAtRandom(
  options: KillOptions,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const { acquisition, kills, random, tell } = options;
  const moments = Array.from({ length: kills }, () => random() * lastKill).sort((a, b) => a - b);
  const killed: Record<string, number> = {};
  for (const moment of moments) {
    while (acquisition.progress < moment) await acquisition.events.once('progress', undefined, signal);
    await setTimeout(random() * hesitation, undefined, { signal });
    const target = await killOne(options, signal);
    tell(`killed ${target} at ${(acquisition.progress * 100).toFixed(0)} %`);
    killed[target] = (killed[target] ?? 0) + 1;
  }
  return killed;
}

/** Kills what is drawn, once it runs: it may be starting again after its last death. */
async function killOne({ baton, broker, random }: KillOptions, signal: AbortSignal): Promise<string> {
  const target = drawn(random());
  if (target === 'broker' && broker) await broker.killAndRestart();
  else while (!killed(baton, target)) await setTimeout(20, undefined, { signal });
  return target;
}

/** False when it does not run just now. */
function killed(baton: Baton, target: string): boolean {
  if (target === 'supervisor') return baton.killSupervisor();
  return target === 'all' ? baton.killAll() : baton.kill(target);
}

function drawn(random: number): string {
  let rest = random * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const [target, weight] of Object.entries(weights)) {
    rest -= weight;
    if (rest < 0) return target;
  }
  return 'first';
}
