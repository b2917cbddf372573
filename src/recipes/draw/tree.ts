import type { Edge, Picture, PictureNode } from './picture.ts';

/** How a terminal paints; without, nothing is painted. */
export interface Paint {
  step(text: string): string;
  error(text: string): string;
  dim(text: string): string;
}

const plain: Paint = { step: (text) => text, error: (text) => text, dim: (text) => text };

/** The picture as lines of text: each step below the one that sends to it. What several send to stands once, below the first; the others point to it. */
export function drawTree({ nodes, edges }: Picture, paint: Paint = plain): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shown = new Set<string>();
  const lines: string[] = [];
  const roots = nodes.filter(({ kind }) => kind !== 'step');
  // A list of what is still to be drawn, in place of recursion: a chain of steps may be long.
  const open: Branch[] = [];
  for (const root of roots.toReversed()) open.push({ node: root, indent: '', lead: '', isLast: true });
  for (let branch = open.pop(); branch; branch = open.pop()) {
    const { node, indent, lead, edge } = branch;
    const isKnown = shown.has(node.id);
    lines.push(`${indent}${lead}${edge ? arrow(edge, paint) : ''}${titleOf(node, paint, isKnown)}`);
    if (isKnown) continue;
    shown.add(node.id);
    const below = edge ? `${indent}${branch.isLast ? '   ' : '│  '}` : '';
    const next = edges.filter(({ from }) => from === node.id);
    for (const [index, each] of [...next.entries()].toReversed()) {
      const target = byId.get(each.to);
      const isLast = index === next.length - 1;
      if (target) open.push({ node: target, edge: each, indent: below, lead: isLast ? '└─' : '├─', isLast });
    }
  }
  return lines;
}

interface Branch {
  readonly node: PictureNode;
  readonly edge?: Edge;
  readonly indent: string;
  readonly lead: string;
  readonly isLast: boolean;
}

function arrow({ label, kind, from }: Edge, paint: Paint): string {
  const shown = kind === 'error' && from !== 'error' ? `error ${label}`.trim() : label;
  const text = `${shown === '' ? '' : ` ${shown} `}─▶ `;
  return kind === 'error' ? paint.error(text) : text;
}

function titleOf({ lines, kind }: PictureNode, paint: Paint, isKnown: boolean): string {
  const [title = '', ...details] = lines;
  if (kind !== 'step') return paint.dim(title);
  if (isKnown) return paint.dim(`${title} ↑`);
  return `${paint.step(title)}${details.length > 0 ? paint.dim(`  ${details.join(' · ')}`) : ''}`;
}
