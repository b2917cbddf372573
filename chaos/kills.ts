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
  /** Processes that are stopped for a while (SIGSTOP), as a machine that swaps or a network that stalls does. */
  readonly pauses: number;
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

/** What can be stopped for a while; each as often. */
const pausable = ['first', 'second', 'dispatcher', 'post', 'monitor', 'broker'] as const;
/** Milliseconds of a pause, at most: beyond the half minute after which brokers give a silent client up. */
const longestPause = 40_000;

/** The last disturbance comes when so much of the work is done, so that all of them fall upon work. */
const lastMoment = 0.95;
/** Milliseconds between what is counted and what is done, at most: it is not to fall upon the same place always. */
const hesitation = 400;

/** Kills at random. Resolves with how often each was killed. */
export async function killAtRandom(
  options: KillOptions,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const killed: Record<string, number> = {};
  for await (const progress of moments(options.kills, options, signal)) {
    const target = await killOne(options, signal);
    options.tell(`killed ${target} at ${progress}`);
    killed[target] = (killed[target] ?? 0) + 1;
  }
  return killed;
}

/** Stops processes for a while, at random. Resolves when all run again. */
export async function pauseAtRandom(options: KillOptions, signal: AbortSignal): Promise<void> {
  const { baton, random, tell } = options;
  const pauses: Promise<void>[] = [];
  try {
    for await (const progress of moments(options.pauses, options, signal)) {
      const target = pausable[Math.floor(random() * pausable.length)] ?? 'first';
      const milliseconds = Math.round(random() * longestPause);
      const resume = baton.pause(target);
      tell(`${resume ? '' : 'not '}paused ${target} for ${String(milliseconds)} ms at ${progress}`);
      if (resume) pauses.push(setTimeout(milliseconds, undefined, { signal }).then(resume, resume));
    }
  } finally {
    await Promise.all(pauses);
  }
}

/** So many random moments of the progress; yields how far it is. */
async function* moments(
  count: number,
  { acquisition, random }: KillOptions,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const wanted = Array.from({ length: count }, () => random() * lastMoment).sort((a, b) => a - b);
  for (const moment of wanted) {
    while (acquisition.progress < moment) await acquisition.events.once('progress', undefined, signal);
    await setTimeout(random() * hesitation, undefined, { signal });
    yield `${(acquisition.progress * 100).toFixed(0)} %`;
  }
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
