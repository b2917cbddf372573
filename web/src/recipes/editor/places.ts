import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';

/** The offset of a line and column, both from 1; the nearest there is, as the text may have changed since. */
export function placeOf({ doc }: EditorState, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(from + Math.max(column, 1) - 1, to);
}

/** What is marked for a finding: the word or the key there, and at least one letter of its line. */
export function rangeOf(
  state: EditorState,
  line: number,
  column: number,
): { readonly from: number; readonly to: number } {
  const from = placeOf(state, line, column);
  const node = syntaxTree(state).resolveInner(from, 1);
  const end = state.doc.lineAt(from).to;
  const isWord = node.from === from && node.to <= end && node.to > from;
  return { from, to: isWord ? node.to : Math.min(from + 1, state.doc.length) };
}
