import { readFile } from 'node:fs/promises';

/** That a handler had an effect outside: at least once for every message, in the order of the file. */
export interface Effect {
  readonly service: string;
  readonly run: string;
  readonly key: string;
  readonly output: string;
}

/** The environment variable that names the journal to the services: it is not on the disk that is filled. */
export const journalVariable = 'BATON_CHAOS_JOURNAL';

/** All that was noted, in order, in the journal of the chaos services. */
export async function readJournal<Noted = Effect>(file: string): Promise<readonly Noted[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Noted);
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
