import { isObject } from '../../core/json.ts';
import { linkedSteps, stepNumbers, stepOf, targetList, type Links, type Recipe } from '../recipe.ts';
import { readSettings } from '../settings.ts';

/** A recipe as a graph to be drawn: what is shown, without where. */
export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly Edge[];
}

export interface PictureNode {
  readonly id: string;
  /** One line each, the first the most important. */
  readonly lines: readonly string[];
  readonly kind: 'start' | 'step' | 'error';
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** The channel, or the code of an error; empty where the link names none. */
  readonly label: string;
  readonly kind: 'output' | 'error';
}

/** The picture of a valid recipe. Several links from one step to another are one edge with all their channels. */
export function pictureOf(recipe: Recipe): Picture {
  const numbers = stepNumbers(recipe);
  const starts: Edge[] = recipe.start.map(([step]) => ({ from: 'start', to: String(step), label: '', kind: 'output' }));
  const errors: Edge[] = targetList(recipe.error ?? null).map((step) => ({
    from: 'error',
    to: String(step),
    label: '',
    kind: 'error',
  }));
  const links = numbers.flatMap((number) => [
    ...edgesOf(number, stepOf(recipe, number)?.output, 'output'),
    ...edgesOf(number, stepOf(recipe, number)?.error, 'error'),
  ]);
  const error: PictureNode[] = errors.length > 0 ? [{ id: 'error', lines: ['any other failure'], kind: 'error' }] : [];
  return {
    nodes: [
      { id: 'start', lines: ['start'], kind: 'start' },
      ...numbers.map((number) => nodeOf(recipe, number)),
      ...error,
    ],
    edges: together([...starts, ...links, ...errors]),
  };
}

function nodeOf(recipe: Recipe, number: number): PictureNode {
  const step = stepOf(recipe, number) ?? {};
  const { join, retry, group, when } = readSettings(step);
  const { queue, topic, service } = step;
  const destination = [queue, topic].filter((name) => typeof name === 'string' && name !== '').join(', ');
  const joined = isObject(step['join']) ? step['join']['count'] : undefined;
  const settings = [
    joined === undefined ? undefined : `joins ${typeof joined === 'string' ? joined : (join?.count ?? '?')}`,
    retry.attempts === undefined ? undefined : `${retry.attempts} attempts`,
    group === undefined ? undefined : 'in order',
    when === undefined ? undefined : 'when …',
  ].filter((setting) => setting !== undefined);
  const title = typeof service === 'string' && service !== '' ? service : destination;
  const lines = [`${number} ${title}`.trim(), ...(title === destination ? [] : [destination]), settings.join(', ')];
  return { id: String(number), lines: lines.filter((line) => line !== ''), kind: 'step' };
}

function edgesOf(from: number, links: Links | null | undefined, kind: Edge['kind']): Edge[] {
  return linkedSteps(links ?? undefined).flatMap(([label, steps]) =>
    steps.map((step) => ({ from: String(from), to: String(step), label, kind })),
  );
}

function together(edges: readonly Edge[]): Edge[] {
  const found = new Map<string, Edge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to, edge.kind]);
    const same = found.get(key);
    const labels = new Set([...(same?.label.split(', ') ?? []), edge.label].filter((label) => label !== ''));
    found.set(key, { ...edge, label: [...labels].join(', ') });
  }
  return [...found.values()];
}
