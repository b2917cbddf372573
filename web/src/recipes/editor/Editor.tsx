import { useEffect, useEffectEvent, useRef, type ReactElement, type Ref, useImperativeHandle } from 'react';
import type { LintedRecipe } from '../../../../src/monitor/api.ts';
import { request, send } from '../../server/request.ts';
import type { JsonObject } from '../../server/types.ts';
import { createEditor, type RecipeEditor } from './create.ts';
import './editor.css';

/** What can be done with the editor from outside. */
export type EditorHandle = Pick<RecipeEditor, 'goTo' | 'replace'>;

interface EditorProps {
  /** What it begins with; later changes of it change nothing. */
  readonly text: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  readonly onLook: (look: LintedRecipe) => void;
  readonly ref?: Ref<EditorHandle>;
}

/** The text of a recipe, to be changed: it completes what the schema knows, and says at once what is wrong where. */
export function Editor({ text, label, onChange, onLook, ref }: EditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<RecipeEditor>(undefined);
  const changed = useEffectEvent(onChange);
  const looked = useEffectEvent(onLook);
  const begin = useEffectEvent((root: ShadowRoot) =>
    createEditor({ root, text, label, lint: linted, onChange: changed, onLook: looked }),
  );
  useImperativeHandle(ref, () => ({
    goTo: (line, column) => editor.current?.goTo(line, column),
    replace: (next) => editor.current?.replace(next),
  }));
  useEffect(() => {
    if (host.current === null) return;
    const made = begin(host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' }));
    editor.current = made;
    const ended = new AbortController();
    request<JsonObject>('/api/schemas/recipe', ended.signal)
      .then((schema) => made.know(schema))
      // Without it nothing is completed; what is wrong with the connection the page tells elsewhere.
      .catch(() => undefined);
    return () => {
      ended.abort();
      made.destroy();
    };
  }, []);
  return <div className="editor" ref={host} />;
}

async function linted(text: string): Promise<LintedRecipe | undefined> {
  return await send<LintedRecipe>('POST', '/api/recipes/lint', { text }).catch(() => undefined);
}
