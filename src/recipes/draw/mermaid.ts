import type { Edge, Picture, PictureNode } from './picture.ts';

/** The picture as Mermaid text, which many sites and editors draw. */
export function drawMermaid({ nodes, edges }: Picture): string {
  const lines = [...nodes.map(nodeLine), ...edges.map(edgeLine)];
  return `flowchart TD\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function nodeLine({ id, lines, kind }: PictureNode): string {
  const text = `"${lines.map(quoted).join('<br>')}"`;
  return `${nameOf(id)}${kind === 'step' ? `[${text}]` : `([${text}])`}`;
}

function edgeLine({ from, to, label, kind }: Edge): string {
  const arrow = kind === 'error' ? '-.->' : '-->';
  const shown = kind === 'error' && from !== 'error' ? `error ${label}`.trim() : label;
  return `${nameOf(from)} ${arrow}${shown === '' ? '' : `|"${quoted(shown)}"|`} ${nameOf(to)}`;
}

/** Mermaid minds a minus sign, and the word `end`. */
function nameOf(id: string): string {
  return `step_${id.replace('-', 'minus_')}`;
}

/** Mermaid takes entities by number, with # for &. */
function quoted(text: string): string {
  return text.replace(/[#"<>&|[\](){}`\\\p{Cc}]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
