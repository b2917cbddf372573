import { stateBy, worstOf, type Limits } from '../limits.ts';
import type { StoreFigures } from '../stores.ts';
import type { Facts, Finding } from './check.ts';
import { span } from './words.ts';

/** Room where the stores are. */
export function disk({ stores, limits }: Facts): Finding {
  const check = 'disk';
  const broken = stores.find(({ trouble }) => trouble !== undefined);
  if (broken) {
    const message = `The store of the ${broken.name} (${broken.folder}) cannot be written: ${broken.trouble ?? ''}`;
    return { check, state: 'error', message, advice: 'Make room on its disk, or mend it; then all goes on by itself.' };
  }
  const emptied = stores.find(({ isReserveUsed }) => isReserveUsed);
  if (emptied) {
    const message = `The disk of the ${emptied.name} (${emptied.folder}) is full: its reserve is in use, and nothing new is taken.`;
    return {
      check,
      state: 'error',
      message,
      advice: 'Make room at once; what waits is finished, and nothing is lost.',
    };
  }
  const known = stores.filter(({ total }) => total !== undefined);
  const [least] = known.toSorted((a, b) => gravityOf(limits, b) - gravityOf(limits, a) || freeOf(a) - freeOf(b));
  if (!least) return { check, state: 'notice', message: 'How much room the store has is not known.' };
  const state = stateOf(limits, least);
  const message = `The disk of the ${least.name} has ${bytes(freeOf(least))} free of ${bytes(least.total ?? 0)} (${percentOf(least).toFixed(0)} %).`;
  const advice = `Make room where ${least.folder} is: without it the ledger stops, and the embedded broker with it.`;
  return { check, state, message, ...(state === 'pass' ? {} : { advice }) };
}

/** How long a write takes until it is on disk. */
export function diskSpeed({ stores, limits }: Facts): Finding | undefined {
  const check = 'disk speed';
  const [slowest] = stores
    .flatMap(({ name, folder, commitSeconds }) =>
      commitSeconds === undefined ? [] : [{ name, folder, commitSeconds }],
    )
    .toSorted((a, b) => b.commitSeconds - a.commitSeconds);
  if (!slowest) return undefined;
  const { name, folder, commitSeconds } = slowest;
  const state = stateBy(limits, 'commitSeconds', commitSeconds);
  if (state === 'pass') {
    return { check, state, message: `A write is on disk within ${(commitSeconds * 1000).toFixed(0)} ms.` };
  }
  const message = `A small write takes ${span(commitSeconds)} until it is on the disk of the ${name} (${folder}).`;
  return {
    check,
    state,
    message,
    advice: 'See what else writes to that disk, and whether it, or its RAID, is failing.',
  };
}

function stateOf(limits: Limits, store: StoreFigures): Finding['state'] {
  return worstOf([stateBy(limits, 'freeBytes', freeOf(store)), stateBy(limits, 'freePercent', percentOf(store))]);
}

function gravityOf(limits: Limits, store: StoreFigures): number {
  return { pass: 0, notice: 1, warning: 2, error: 3 }[stateOf(limits, store)];
}

function freeOf({ free = 0 }: StoreFigures): number {
  return free;
}

function percentOf({ free = 0, total = 0 }: StoreFigures): number {
  return total > 0 ? (100 * free) / total : 100;
}

function bytes(number: number): string {
  return number >= 1e12 ? `${(number / 1e12).toFixed(1)} TB` : `${(number / 1e9).toFixed(1)} GB`;
}
