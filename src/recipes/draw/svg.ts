import { layOut, type Route } from './layout.ts';
import type { Picture, PictureNode } from './picture.ts';

/** A place on the picture, of its centre, in pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const letter = 7;
/** Of labels. */
const small = 6.2;
const line = 18;
const gap = { across: 28, down: 56 };
const margin = 16;
/** Characters of a line that are shown. */
const longest = 40;

/** The picture as SVG, on its own, without fonts and programs from elsewhere; light and dark, as the reader has it. */
export function drawSvg(picture: Picture, title: string): string {
  const { rows, routes } = layOut(picture);
  const labels = labelsAt(routes);
  const boxes = placed(rows, new Map(picture.nodes.map((node) => [node.id, node])), labels);
  const all = [...boxes.values()];
  const width = Math.max(0, ...all.map((box) => box.x + box.width / 2)) + margin;
  const height = Math.max(0, ...all.map((box) => box.y + box.height / 2)) + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    style,
    marker,
    ...routes.map((route) => drawnRoute(route, boxes)),
    ...[...labels].flatMap(([id, texts]) => drawnLabels(texts, boxes.get(id))),
    ...picture.nodes.map((node) => drawnNode(node, boxes.get(node.id))),
    '</svg>',
    '',
  ].join('\n');
}

const style = `<style>
text { font: 13px system-ui, sans-serif; text-anchor: middle; fill: #1a1a1a; }
text.detail, text.label { font-size: 11px; fill: #595959; }
rect { fill: #ffffff; stroke: #4a6fa5; stroke-width: 1.5; }
path.edge { fill: none; stroke: #4a6fa5; stroke-width: 1.5; marker-end: url(#arrow); }
path.error { stroke: #b3261e; stroke-dasharray: 5 4; }
text.label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f0f0; } text.detail, text.label { fill: #b8b8b8; } rect { fill: #20242b; } text.label { stroke: #14171c; }
}
</style>`;

const marker =
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>';

/** Each row centred below the one before. */
function placed(
  rows: readonly (readonly string[])[],
  nodes: ReadonlyMap<string, PictureNode>,
  labels: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, Box> {
  const sizes = rows.map((row) => row.map((id) => sizeOf(nodes.get(id), labels.get(id))));
  const widths = sizes.map((row) => row.reduce((sum, { width }) => sum + width + gap.across, -gap.across));
  const widest = Math.max(0, ...widths);
  const boxes = new Map<string, Box>();
  let top = margin;
  for (const [index, row] of rows.entries()) {
    const rowSizes = sizes[index] ?? [];
    const height = Math.max(0, ...rowSizes.map((size) => size.height));
    let left = margin + (widest - (widths[index] ?? 0)) / 2;
    for (const [place, id] of row.entries()) {
      const size = rowSizes[place] ?? { width: 0, height: 0 };
      boxes.set(id, { ...size, x: left + size.width / 2, y: top + height / 2 });
      left += size.width + gap.across;
    }
    top += height + gap.down;
  }
  return boxes;
}

/** What an edge passes through is a place without extent; but no label is wider than its place. */
function sizeOf(node: PictureNode | undefined, labels: readonly string[] = []): Pick<Box, 'width' | 'height'> {
  const widest = (texts: readonly string[]): number =>
    Math.max(0, ...texts.map((text) => Math.min(text.length, longest)));
  const label = Math.round(widest(labels) * small);
  if (!node) return { width: Math.max(8, label), height: 0 };
  return {
    width: Math.max(Math.round(widest(node.lines) * letter + 28), label),
    height: node.lines.length * line + 14,
  };
}

function drawnNode({ lines, kind }: PictureNode, box: Box | undefined): string {
  if (!box) return '';
  const { x, y, width, height } = box;
  const radius = kind === 'step' ? 5 : height / 2;
  const rect = `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="${radius}"/>`;
  const first = y - ((lines.length - 1) * line) / 2 + 4;
  const texts = lines.map((text, index) => {
    const shown = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
    return `<text x="${x}" y="${first + index * line}"${index > 0 ? ' class="detail"' : ''}>${escaped(shown)}</text>`;
  });
  return `<g>${rect}${texts.join('')}</g>`;
}

function drawnRoute({ edge, through }: Route, boxes: ReadonlyMap<string, Box>): string {
  const isError = edge.kind === 'error';
  // Beside the output that leads to the same step.
  const points = through.flatMap((id) => boxes.get(id) ?? []).map((box) => ({ ...box, x: box.x + (isError ? 7 : 0) }));
  const curves = points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    const [top, bottom] = [from.y + from.height / 2, to.y - to.height / 2];
    const middle = (top + bottom) / 2;
    return `${index === 0 ? `M${from.x} ${top}` : ''}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${bottom}`;
  });
  return `<path class="edge${isError ? ' error' : ''}" d="${curves.join(' ')}"/>`;
}

/** The labels of edges by where they are written: above the first place that an edge comes to. */
function labelsAt(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>();
  for (const { edge, through } of routes) {
    const [, at] = through;
    const label = edge.kind === 'error' && edge.from !== 'error' ? `error ${edge.label}`.trim() : edge.label;
    if (at !== undefined && label !== '') labels.set(at, [...(labels.get(at) ?? []), label.slice(0, longest)]);
  }
  return labels;
}

function drawnLabels(texts: readonly string[], box: Box | undefined): string[] {
  if (!box) return [];
  const lowest = box.y - box.height / 2 - 16;
  return texts.map(
    (text, index) => `<text class="label" x="${box.x}" y="${lowest - index * 13}">${escaped(text)}</text>`,
  );
}

/** What XML cannot hold at all is left out. */
function escaped(text: string): string {
  const shown = text.toWellFormed().replace(/[\p{Cc}\uFFFE\uFFFF]/gu, '');
  return shown.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
