import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** That a handler had an effect outside: at least once for every message, in the order of the file. */
export interface Effect {
  readonly service: string;
  readonly run: string;
  readonly key: string;
  readonly output: string;
}

/** All effects, in order, from the store of a Baton that ran the chaos services. */
export async function readJournal(store: string): Promise<readonly Effect[]> {
  const text = await readFile(join(store, 'services', 'journal.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect);
}

/** The runs whose group was not kept in order: an effect was first had before that of a message sent earlier. */
export function disordered(effects: readonly Effect[]): readonly string[] {
  const first = new Map<string, string[]>();
  for (const { service, run, output } of effects) {
    if (service !== 'chaos-ordered') continue;
    const seen = first.get(run) ?? [];
    if (!seen.includes(output)) first.set(run, [...seen, output]);
  }
  return [...first].filter(([, seen]) => seen.join() !== seen.toSorted().join()).map(([run]) => run);
}
