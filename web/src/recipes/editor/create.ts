import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { linter, lintGutter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Finding, LintedRecipe } from '../../../../src/monitor/api.ts';
import type { JsonObject } from '../../server/types.ts';
import { completionsOf } from './complete.ts';
import { placeOf, rangeOf } from './places.ts';
import { theme } from './theme.ts';

export interface EditorOptions {
  /** A tree of its own: its styles are adopted there, where the page's content policy permits no style elements. */
  readonly root: ShadowRoot;
  readonly text: string;
  /** For screen readers. */
  readonly label: string;
  /** Asks what is wrong with a text; undefined when nobody knows at the moment. */
  readonly lint: (text: string) => Promise<LintedRecipe | undefined>;
  readonly onChange: (text: string) => void;
  readonly onLook: (look: LintedRecipe) => void;
}

/** An editor of recipes. */
export interface RecipeEditor {
  /** The text, with the ends of lines that it came with. */
  text(): string;
  /** Replaces the text, in a step that can be undone. */
  replace(text: string): void;
  /** Puts the cursor where a finding is, and the focus there. */
  goTo(line: number, column: number): void;
  /** From now on completes what this schema knows. */
  know(schema: JsonObject): void;
  destroy(): void;
}

/** So long after the last key the linter is asked, in milliseconds. */
const typingPause = 250;

export function createEditor({ root, text, label, lint, onChange, onLook }: EditorOptions): RecipeEditor {
  const completion = new Compartment();
  const findings = linter(
    async ({ state }) => {
      const look = await lint(state.sliceDoc());
      if (look === undefined) return [];
      onLook(look);
      return look.findings.map((finding) => diagnosticOf(finding, state));
    },
    { delay: typingPause },
  );
  const state = EditorState.create({
    doc: text,
    extensions: [
      ...editing,
      lineEnds(text),
      findings,
      completion.of(completing({})),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.sliceDoc());
      }),
    ],
  });
  const view = new EditorView({ state, root, parent: root });
  return {
    text: () => view.state.sliceDoc(),
    replace: (next) => {
      // Split as the state reads it: in one piece, ends of lines of another kind would stay letters.
      const insert = view.state.toText(next.replaceAll('\r\n', '\n').replaceAll('\n', view.state.lineBreak));
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } });
    },
    goTo: (line, column) => {
      view.dispatch({ selection: { anchor: placeOf(view.state, line, column) }, scrollIntoView: true });
      view.focus();
    },
    know: (schema) => view.dispatch({ effects: completion.reconfigure(completing(schema)) }),
    destroy: () => view.destroy(),
  };
}

const editing: readonly Extension[] = [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  bracketMatching(),
  closeBrackets(),
  indentOnInput(),
  indentUnit.of('  '),
  json(),
  EditorView.lineWrapping,
  keymap.of([
    // While something is offered, Tab takes it; then it indents. Esc and Tab leave the editor.
    { key: 'Tab', run: acceptCompletion },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]),
  ...theme,
];

function completing(schema: JsonObject): Extension {
  return autocompletion({ override: [completionsOf(schema)], icons: false, activateOnTypingDelay: 50 });
}

/** What is saved has the ends of lines that were there. */
function lineEnds(text: string): Extension {
  const isWindows = text.includes('\r\n') && !/(^|[^\r])\n/.test(text);
  return isWindows ? EditorState.lineSeparator.of('\r\n') : [];
}

function diagnosticOf({ rule, severity, line, column, message, hint }: Finding, state: EditorState): Diagnostic {
  return { ...rangeOf(state, line, column), severity, message: `${message}\n→ ${hint}`, source: rule };
}
