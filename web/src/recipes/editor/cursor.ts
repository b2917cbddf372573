import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { Json, JsonObject } from '../../server/types.ts';

type SyntaxNode = ReturnType<typeof syntaxTree>['topNode'];

/** Keys and numbers of entries that lead from the top to a place. */
export type Path = readonly (string | number)[];

/** What is being written at the cursor: a key of the object at a path, or the value there. */
export interface Writing {
  readonly kind: 'key' | 'value';
  /** Of the object whose key it is; of the value. */
  readonly path: Path;
  /** What the choice takes the place of: within the quotes where there are some. */
  readonly from: number;
  readonly to: number;
  /** Whether that stands in quotes already. */
  readonly quoted: boolean;
  /** Of a key: whether its colon is there. */
  readonly hasColon: boolean;
}

/** What is being written at a place of a text that is JSON, or is to become it; undefined where nothing can be. */
export function writingAt(state: EditorState, at: number): Writing | undefined {
  const node = treeOf(state).resolveInner(at, -1);
  const inText = textAt(node, state, at);
  if (inText) return inText;
  if (node.name === 'Number' || node.name === '⚠') return wordAt(node, state, at);
  const holder = node.name === 'Property' || containers.has(node.name) ? node : node.parent;
  if (!holder) return undefined;
  return nothingYet(holder, state, at);
}

/** The value of the text as far as it can be read, the last of equal keys counting. */
export function valueOf(node: SyntaxNode | null, state: EditorState): Json | undefined {
  if (!node) return undefined;
  const text = state.sliceDoc(node.from, node.to);
  switch (node.name) {
    case 'JsonText':
      return valueOf(node.firstChild, state);
    case 'Object': {
      const entries = properties(node).map((property) => [keyOf(property, state), valueOf(property.lastChild, state)]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject;
    }
    case 'Array':
      return entriesOf(node).map((entry) => valueOf(entry, state) ?? null);
    default:
      return read(text);
  }
}

/** The value of the whole text. */
export function wholeValue(state: EditorState): Json | undefined {
  return valueOf(treeOf(state).topNode, state);
}

/** So long is waited for the tree of the whole text, in milliseconds; then what is there of it has to do. */
const patience = 500;

function treeOf(state: EditorState): ReturnType<typeof syntaxTree> {
  return ensureSyntaxTree(state, state.doc.length, patience) ?? syntaxTree(state);
}

const containers: ReadonlySet<string> = new Set(['Object', 'Array', 'JsonText']);
const values: ReadonlySet<string> = new Set(['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null']);

function textAt(node: SyntaxNode, state: EditorState, at: number): Writing | undefined {
  if (node.name !== 'String' && node.name !== 'PropertyName') return undefined;
  const text = state.sliceDoc(node.from, node.to);
  const isClosed = text.length > 1 && text.endsWith('"');
  if (at <= node.from || (isClosed && at >= node.to)) return undefined;
  const between = { from: node.from + 1, to: isClosed ? node.to - 1 : node.to, quoted: true };
  if (node.name === 'PropertyName') {
    const hasColon = /^\s*:/.test(state.sliceDoc(node.to, node.to + 20));
    return { kind: 'key', path: pathTo(node.parent?.parent ?? node, state), ...between, hasColon };
  }
  return { kind: 'value', path: pathTo(node, state), ...between, hasColon: false };
}

/** A number, or what is no JSON yet. */
function wordAt(node: SyntaxNode, state: EditorState, at: number): Writing | undefined {
  const before = /[-\w]*$/.exec(state.sliceDoc(Math.max(0, at - 50), at))?.[0] ?? '';
  const holder = node.parent;
  if (!holder) return undefined;
  const from = at - before.length;
  // A text that is not closed is none yet.
  const range = { from, to: at, quoted: state.sliceDoc(from - 1, from) === '"', hasColon: false };
  if (holder.name === 'Object') return { kind: 'key', path: pathTo(holder, state), ...range };
  const path = node.name === 'Number' ? pathTo(node, state) : pathInside(holder, state, range.from);
  return { kind: 'value', path, ...range };
}

function nothingYet(holder: SyntaxNode, state: EditorState, at: number): Writing | undefined {
  const range = { from: at, to: at, quoted: false, hasColon: false };
  const before = state
    .sliceDoc(Math.max(0, at - 500), at)
    .trimEnd()
    .slice(-1);
  if (holder.name === 'Object')
    return before === '{' || before === ',' ? { kind: 'key', path: pathTo(holder, state), ...range } : undefined;
  if (holder.name === 'Property' && before === ':')
    return { kind: 'value', path: pathInside(holder, state, at), ...range };
  if (holder.name === 'Array' && (before === '[' || before === ','))
    return { kind: 'value', path: pathInside(holder, state, at), ...range };
  return undefined;
}

/** The path of a place in a container where no value is yet. */
function pathInside(holder: SyntaxNode, state: EditorState, at: number): Path {
  if (holder.name === 'Property') return pathTo(holder, state);
  if (holder.name !== 'Array') return pathTo(holder, state);
  return [...pathTo(holder, state), entriesOf(holder).filter(({ to }) => to <= at).length];
}

/** The path of a value, or of the value of a property. */
function pathTo(node: SyntaxNode, state: EditorState): Path {
  const parent = node.parent;
  if (node.name === 'Property') return [...(parent ? pathTo(parent, state) : []), keyOf(node, state)];
  if (!parent || node.name === 'JsonText') return [];
  if (parent.name === 'Array') {
    const place = entriesOf(parent).findIndex(({ from }) => from === node.from);
    return [...pathTo(parent, state), Math.max(0, place)];
  }
  return pathTo(parent, state);
}

function properties(node: SyntaxNode): SyntaxNode[] {
  return node.getChildren('Property');
}

function entriesOf(node: SyntaxNode): SyntaxNode[] {
  const entries: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (values.has(child.name)) entries.push(child);
  return entries;
}

function keyOf(property: SyntaxNode, state: EditorState): string {
  const name = property.getChild('PropertyName');
  const key = name && read(state.sliceDoc(name.from, name.to));
  return typeof key === 'string' ? key : '';
}

function read(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
