import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { LintedRecipe, LiveEvent, RecipeView, SavedRecipe } from '../../../src/monitor/api.ts';
import { Facts } from '../parts/Facts.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { RecipePicture } from '../recipe/RecipePicture.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf, usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { count } from '../words/figures.ts';
import { DraftNotice } from './DraftNotice.tsx';
import { draftOf, dropDraft, keepDraft } from './drafts.ts';
import { Editor, type EditorHandle } from './editor/Editor.tsx';
import { Findings } from './Findings.tsx';
import { History } from './History.tsx';
import { SaveRecipe } from './SaveRecipe.tsx';
import { TryIt } from './TryIt.tsx';
import { WhereUsed } from './WhereUsed.tsx';
import { countFindings, findingsState, recipeAddress, recipePath, runsAddress } from './words.ts';
import '../run/run.css';
import './recipes.css';

const noEvent = (_event: LiveEvent): boolean => false;

/** One recipe: its text, to be changed and tried, its picture, who uses it, and what it was. */
export default function Recipe({ name }: { readonly name: string }): ReactElement {
  const { answer, failure, refresh } = useRequest<RecipeView>(recipePath(name), noEvent);
  const isNew = answer === undefined && failure?.status === 404;
  return (
    <>
      <title>{`${name} · Recipes · Baton`}</title>
      <p className="crumb">
        <Link to="/recipes">Recipes</Link>
      </p>
      {answer === undefined && !isNew && <h1 className="title">{name}</h1>}
      {failure !== undefined && !isNew && <Failure failure={failure} />}
      {isNew && <Whole recipe={newRecipe(name)} onSaved={refresh} />}
      {answer !== undefined && <Whole recipe={answer} onSaved={refresh} />}
    </>
  );
}

/** What there is not yet: it begins with the least that can run. */
function newRecipe(name: string): RecipeView {
  return {
    ...{ name, text: '', hash: '', bytes: 0, changed: 0, steps: 0 },
    ...{ services: [], rules: [], announcedBy: [], found: [], findings: { error: 0, warning: 0, info: 0 } },
    saving: { possible: true, needs: 'admin' },
  };
}

const template = `{
  "1": {
    "queue": ""
  },
  "start": [[1, []]]
}
`;

interface WholeProps {
  readonly recipe: RecipeView;
  readonly onSaved: () => void;
}

function Whole({ recipe, onSaved }: WholeProps): ReactElement {
  const { name } = recipe;
  const editor = useRef<EditorHandle>(null);
  // What was being written here before comes back; else it begins with the file.
  const [begin] = useState(() => draftOf(name) ?? { text: recipe.text || template, base: recipe.hash });
  const [base, setBase] = useState(begin.base);
  const [text, setText] = useState(begin.text);
  const [look, setLook] = useState<LintedRecipe>({
    findings: recipe.found,
    more: 0,
    ...(recipe.recipe ? { recipe: recipe.recipe } : {}),
  });
  const [isKept, setKept] = useState(true);
  const isNew = recipe.hash === '';
  const isChanged = !isSame(text, recipe.text);
  useWarning(isChanged && text !== template);
  useStepInText(text, editor);

  const change = useCallback(
    (next: string): void => {
      setText(next);
      if (isSame(next, recipe.text)) dropDraft(name);
      else setKept(keepDraft(name, { text: next, base, time: Date.now() }));
    },
    [name, base, recipe.text],
  );
  const take = (next: string): void => {
    setBase(recipe.hash);
    editor.current?.replace(next);
  };
  const seen = useRef(recipe);
  useEffect(() => {
    const before = seen.current;
    seen.current = recipe;
    if (before.hash === recipe.hash || !isSame(text, before.text)) return;
    // Nobody has written anything: what is on disk now is shown.
    setBase(recipe.hash);
    editor.current?.replace(recipe.text);
  }, [recipe, text]);
  const discard = (): void => {
    take(recipe.text);
    dropDraft(name);
  };
  const saved = ({ hash }: SavedRecipe): void => {
    dropDraft(name);
    setBase(hash);
    onSaved();
  };

  return (
    <>
      <Head recipe={recipe} look={look} isChanged={isChanged} />
      {isNew && <p className="recipe-about">There is no recipe of this name yet: it is made when you save it.</p>}
      {isChanged && !isNew && (
        <DraftNotice
          isKept={isKept}
          isBehind={base !== recipe.hash}
          before={recipe.text}
          after={text}
          onDiscard={discard}
          onRebase={() => setBase(recipe.hash)}
        />
      )}
      <div className="recipe-parts">
        <Panel
          title="Text"
          className="recipe-text"
          aside={
            <SaveRecipe
              name={name}
              text={text}
              before={recipe.text}
              base={base}
              saving={recipe.saving}
              isChanged={isChanged}
              onSaved={saved}
              onStale={onSaved}
            />
          }
        >
          <Editor text={begin.text} label={`Text of ${name}`} onChange={change} onLook={setLook} ref={editor} />
          <Findings look={look} onChoose={({ line, column }) => editor.current?.goTo(line, column)} />
          <p className="recipe-keys soft">
            Ctrl-Space completes, F8 leads to the next finding, Esc and then Tab leaves the text.
          </p>
        </Panel>
        <Panel
          title="Picture"
          className="recipe-picture"
          aside={look.recipe === undefined ? 'as it was last readable' : undefined}
        >
          <Picture recipe={look.recipe} name={name} />
        </Panel>
        {!isNew && <WhereUsed recipe={recipe} />}
        <TryIt name={name} text={text} />
        {!isNew && <History recipe={recipe} onTake={take} />}
      </div>
    </>
  );
}

function Head({
  recipe,
  look,
  isChanged,
}: {
  readonly recipe: RecipeView;
  readonly look: LintedRecipe;
  readonly isChanged: boolean;
}): ReactElement {
  const { name, description, changed, runs } = recipe;
  return (
    <header className="summary">
      <div className="summary-title">
        <h1>{name}</h1>
        {isChanged && <span className="badge">unsaved changes</span>}
      </div>
      {description !== undefined && <p className="recipe-about">{description}</p>}
      {recipe.hash !== '' && (
        <Facts
          facts={[
            ['Findings', <State key="findings" state={findingsState(countFindings(look.findings))} />],
            ['Changed', <Moment key="changed" time={changed} />],
            [
              'Runs',
              runs === undefined ? (
                'none yet'
              ) : (
                <>
                  <Link to={runsAddress(name)}>{count(runs.runs)}</Link>
                  {runs.failed > 0 && (
                    <Link to={runsAddress(name, 'failed')} className="run-count tone-bad">
                      {count(runs.failed)} failed
                    </Link>
                  )}
                </>
              ),
            ],
            [
              'Last run',
              runs === undefined ? (
                'none yet'
              ) : (
                <Link to={`/runs/${encodeURIComponent(runs.run)}`}>
                  <Moment time={runs.latest} />
                </Link>
              ),
            ],
          ]}
        />
      )}
    </header>
  );
}

/** The picture of the text; while that cannot be read, the picture of what it was before. */
function Picture({ recipe, name }: { readonly recipe: LintedRecipe['recipe']; readonly name: string }): ReactElement {
  const [shown, show] = useState(recipe);
  if (recipe !== undefined && recipe !== shown) show(recipe);
  const { query } = usePlace();
  const chosen = Number(query.get('step') ?? 0) || undefined;
  const address = (step: number): string => {
    const inner = new URLSearchParams(query);
    inner.set('step', String(step));
    return addressOf(recipeAddress(name), inner);
  };
  return <RecipePicture recipe={shown ?? {}} chosen={chosen} addressOf={address} />;
}

/** A step that is chosen in the picture is shown in the text. */
function useStepInText(text: string, editor: { readonly current: EditorHandle | null }): void {
  const { query } = usePlace();
  const step = query.get('step');
  const known = useRef(step);
  useEffect(() => {
    if (step === null || known.current === step) return;
    known.current = step;
    const lines = text.split(/\r?\n/);
    const line = lines.findIndex((each) => each.trimStart().startsWith(`"${step}"`));
    if (line >= 0) editor.current?.goTo(line + 1, (lines[line] ?? '').indexOf('"') + 1);
  }, [step, text, editor]);
}

/** The browser asks before it leaves what is not saved. */
function useWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
}

/** Ends of lines, which the editor may write in one way only, are no change. */
function isSame(one: string, other: string): boolean {
  return one === other || one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}
