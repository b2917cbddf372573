import type { Edge, Picture, PictureNode } from './picture.ts';

/** How a terminal paints; without, nothing is painted. */
export interface Paint {
  step(text: string): string;
  error(text: string): string;
  dim(text: string): string;
}

/** Of a terminal, in characters. */
const width = 80;

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
    const before = `${indent}${lead}${edge ? arrow(edge, plain) : ''}`;
    const room = width - before.length;
    lines.push(`${indent}${lead}${edge ? arrow(edge, paint) : ''}${titleOf(node, paint, isKnown, room)}`);
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

/** What has no room is cut off, the details first; a title keeps some letters, however deep it stands. */
function titleOf({ lines, kind }: PictureNode, paint: Paint, isKnown: boolean, room: number): string {
  const [title = '', ...details] = lines;
  if (kind !== 'step') return paint.dim(title);
  const shown = cut(title, Math.max(24, room - 2));
  if (isKnown) return paint.dim(`${shown} ↑`);
  const rest = details.length > 0 ? cut(`  ${details.join(' · ')}`, room - shown.length) : '';
  return `${paint.step(shown)}${rest === '' ? '' : paint.dim(rest)}`;
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 6 ? '' : `${text.slice(0, room - 1)}…`;
}
