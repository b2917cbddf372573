import { setTimeout } from 'node:timers/promises';
import { cuts } from './link.ts';
import { pidOf, signal as sendSignal, signalled, type Scene } from './scene.ts';

/** Does its harm, repairs it, and resolves with what it was. What is drawn is drawn first, so that a seed draws the same. */
type Harm = (scene: Scene, draw: Draw, signal: AbortSignal) => Promise<string>;

/** What one harm draws. */
export interface Draw {
  /** From 0 to below 1. */
  readonly random: () => number;
  /** By how much short runs shorten what takes time: 1 in a long one. */
  readonly scale: number;
}

/** What can happen beside kills, each with how many kills there are for one of it. */
export const harms = {
  /** A process stands still (SIGSTOP), as on a machine that swaps: beyond the half minute after which it is given up. */
  pause: { kills: 12, do: pause },
  /** The broker is killed, and nobody can reach it for up to a minute. */
  away: { kills: 25, do: away },
  /** Connections are cut: on both sides, with the broker unaware, around a commit, in the middle of an answer. */
  cut: { kills: 5, do: cut },
  /** Connections stay open, and nothing comes through. */
  stall: { kills: 10, do: stall },
  /** The machine's clock jumps, up to ten minutes either way, and is put right again. */
  clock: { kills: 12, do: jump },
  /** The disk of all stores is full. */
  'disk-full': { kills: 20, do: fillDisk },
  /** Each commit to a store takes up to two seconds. */
  'slow-disk': { kills: 20, do: slowDisk },
} as const satisfies Readonly<Record<string, { readonly kills: number; readonly do: Harm }>>;

export type HarmKind = keyof typeof harms;

const pausable = ['first', 'second', 'third', 'dispatcher', 'post', 'monitor', 'broker'] as const;

async function pause(scene: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const [part, milliseconds] = [oneOf(pausable, random), mostlyShort(random) * 40_000 * scale];
  // Its supervisor may die meanwhile, and start another such part: the one that was stopped is the one to go on.
  let pid = pidOf(scene, part);
  for (; pid === undefined || !signalled(pid, 'SIGSTOP'); pid = pidOf(scene, part))
    await setTimeout(20, undefined, { signal });
  const stopped = pid;
  await setTimeout(milliseconds, undefined, { signal }).finally(() => signalled(stopped, 'SIGCONT'));
  return `${part} stood still for ${seconds(milliseconds)}`;
}

async function away(scene: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const milliseconds = 2_000 + mostlyShort(random) * 58_000 * scale;
  await scene.link.shut();
  sendSignal(scene, 'broker', 'SIGKILL');
  await setTimeout(milliseconds, undefined, { signal }).finally(() => scene.link.reopen());
  return `the broker was away for ${seconds(milliseconds)}`;
}

async function cut({ link }: Scene, { random }: Draw): Promise<string> {
  const [how, share] = [oneOf(cuts, random), random()];
  const chosen = link.connections.filter(() => random() < share);
  for (const connection of chosen) connection.cut(how);
  return `${String(chosen.length)} connections were cut (${how})`;
}

async function stall({ link }: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const [milliseconds, share] = [mostlyShort(random) * 35_000 * scale, random()];
  const chosen = link.connections.filter(() => random() < share);
  const ends = chosen.map((connection) => connection.stall());
  await setTimeout(milliseconds, undefined, { signal }).finally(() => {
    for (const end of ends) end();
  });
  return `${String(chosen.length)} connections stood still for ${seconds(milliseconds)}`;
}

async function jump({ weather }: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const [milliseconds, lasting] = [(random() * 2 - 1) * 600_000, 500 + random() * 15_000 * scale];
  weather.change({ clock: Math.round(milliseconds) });
  await setTimeout(lasting, undefined, { signal }).finally(() => weather.change({ clock: 0 }));
  return `the clock was ${seconds(milliseconds)} off for ${seconds(lasting)}`;
}

async function fillDisk({ disk }: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const milliseconds = 500 + random() * 15_000 * scale;
  disk?.fill();
  await setTimeout(milliseconds, undefined, { signal }).finally(() => disk?.clear());
  return `the disk was full for ${seconds(milliseconds)}`;
}

async function slowDisk(scene: Scene, { random, scale }: Draw, signal: AbortSignal): Promise<string> {
  const [milliseconds, commit] = [1_000 + random() * 15_000 * scale, 100 + random() * 1_900];
  scene.weather.change({ commit: Math.round(commit) });
  const over = new AbortController();
  const waiting = scene.broker ? standNowAndThen(scene, commit, over.signal) : undefined;
  await setTimeout(milliseconds, undefined, { signal }).finally(() => {
    scene.weather.change({ commit: 0 });
    over.abort();
  });
  await waiting;
  return `each commit took up to ${String(Math.round(commit))} ms for ${seconds(milliseconds)}`;
}

/** A broker of others, whose commits nobody can slow down from outside, stands still as often as if it waited for its disk. */
async function standNowAndThen(scene: Scene, milliseconds: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pid = pidOf(scene, 'broker');
    if (pid !== undefined) signalled(pid, 'SIGSTOP');
    await setTimeout(Math.random() * milliseconds);
    if (pid !== undefined) signalled(pid, 'SIGCONT');
    await setTimeout(20);
  }
}

/** From 0 to below 1, a third on average: the longest have to happen, but the work has to go on as well. */
function mostlyShort(random: () => number): number {
  return random() ** 2;
}

function oneOf<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
