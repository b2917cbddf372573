import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** ms that a process may live on whose supervisor is dead: what runs is finished first, and what a handler blocks is ended after its time-out. */
const patience = 40_000;

/** The processes that were started, however far down, with this variable in their environment. */
export function processesWith(variable: string, value: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).includes(`${variable}=${value}`)).map(Number);
}

/** Resolves when so many of them are left, or when they had time enough; with those that are too many. */
export async function remaining(variable: string, value: string, expected: number): Promise<readonly number[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = processesWith(variable, value);
    if (found.length <= expected) return [];
    if (performance.now() > deadline) return found;
    await setTimeout(200);
  }
}

/** A process that was to have ended, and what it looked like. */
export interface Outlived {
  readonly pid: number;
  readonly what: string;
}

/** What it was started as, whether it sleeps, and in which call of the kernel it waits. */
export function outlivedBy(pid: number): Outlived {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8')
        .replaceAll('\0', ' ')
        .trim();
    } catch {
      return '?';
    }
  };
  const state = /^State:\s*(.*)$/m.exec(read('status'))?.[1] ?? '?';
  return { pid, what: `the process did not end: ${read('cmdline')}; ${state}; in ${read('wchan')}` };
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}
