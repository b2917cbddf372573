import { useId, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import type { RecipeChange, RecipePreview, RecipeView, SavedRecipe } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { RequestFailure, send } from '../server/request.ts';
import { usePerson } from '../session/context.ts';
import { plural } from '../words/figures.ts';
import { Difference } from './Difference.tsx';
import { recipePath } from './words.ts';

interface SaveRecipeProps {
  readonly name: string;
  readonly text: string;
  /** What is on disk. */
  readonly before: string;
  /** The hash of what the text was made from. */
  readonly base: string;
  readonly saving: RecipeView['saving'];
  readonly isChanged: boolean;
  readonly onSaved: (saved: SavedRecipe) => void;
  /** The file is another than the text was made from. */
  readonly onStale: () => void;
}

/** A button that shows what saving would change, asks why, and saves. Where that is not possible, it says why. */
export function SaveRecipe({
  name,
  text,
  before,
  base,
  saving,
  isChanged,
  onSaved,
  onStale,
}: SaveRecipeProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [preview, setPreview] = useState<RecipePreview>();
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  const [said, say] = useState('');
  const person = usePerson();
  const isAdmin = person.kind === 'known' && person.user.role === saving.needs;
  const why = !saving.possible ? saving.why : !isAdmin ? `saving is for the role ${saving.needs}` : undefined;

  const open = (): void => {
    setPreview(undefined);
    setFailure(undefined);
    say('');
    dialog.current?.showModal();
    send<RecipePreview>('POST', recipePath(name, '/preview'), { text })
      .then(setPreview)
      .catch((error: unknown) => setFailure(failureOf(error)));
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get('reason');
    setBusy(true);
    setFailure(undefined);
    send<SavedRecipe>(
      'PUT',
      recipePath(name),
      { text, reason },
      base === '' ? { 'if-none-match': '*' } : { 'if-match': `"${base}"` },
    )
      .then((saved) => {
        dialog.current?.close();
        say('Saved: it runs from the next announcement on.');
        onSaved(saved);
      })
      .catch((error: unknown) => {
        const failed = failureOf(error);
        setFailure(failed);
        if (failed.status === 412) onStale();
      })
      .finally(() => setBusy(false));
  };

  const errors = preview?.findings.filter(({ severity }) => severity === 'error') ?? [];
  return (
    <>
      <span role="status">{said}</span>
      {why !== undefined && <span title={why}>Cannot be saved here: {why}.</span>}
      {why === undefined && (
        <button type="button" className="button" onClick={open} disabled={!isChanged}>
          Save …
        </button>
      )}
      <dialog ref={dialog} className="dialog dialog-wide" aria-labelledby={heading}>
        <form onSubmit={submit}>
          <h2 id={heading}>Save {name}?</h2>
          {preview !== undefined && <Consequences preview={preview} />}
          {errors.length > 0 && (
            <p className="tone-bad save-errors">
              It has {plural(errors.length, 'error')} and cannot be saved: {errors[0]?.message}
            </p>
          )}
          <Difference before={before} after={text} label="What changes in the file" />
          <label className="field">
            <span>Why? The history and the audit will say so.</span>
            <input name="reason" maxLength={500} pattern=".*\S.*" required autoFocus autoComplete="off" />
          </label>
          {failure !== undefined && <Failure failure={failure} />}
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Go on writing
            </button>
            <button type="submit" className="button" disabled={busy || preview === undefined || errors.length > 0}>
              Save it
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** From when on it counts, for whom, and what it means. */
function Consequences({ preview: { rules, changes } }: { readonly preview: RecipePreview }): ReactElement {
  return (
    <>
      <p>
        From the next announcement on{' '}
        {rules.length === 0 ? (
          <>it runs for those that name it; no rule does.</>
        ) : (
          <>
            it runs for the {rules.length === 1 ? 'rule' : 'rules'}{' '}
            <strong>{rules.map(({ rule }) => rule).join(', ')}</strong>.
          </>
        )}{' '}
        Runs that have begun keep the recipe that they began with. The version before is kept.
      </p>
      {changes !== undefined && <Changes changes={changes} />}
    </>
  );
}

/** In what it means something else. */
function Changes({ changes }: { readonly changes: readonly RecipeChange[] }): ReactElement {
  if (changes.every(({ kind }) => kind === 'renumbered')) return <p>It means the same as before.</p>;
  return (
    <ul className="recipe-changes">
      {changes.map(({ kind, where, before, after }, index) => (
        <li key={index}>
          <strong>{where}</strong> {words[kind]}
          {before !== undefined && <del>{before}</del>}
          {before !== undefined && after !== undefined && ' → '}
          {after !== undefined && <ins>{after}</ins>}
        </li>
      ))}
    </ul>
  );
}

const words: Readonly<Record<RecipeChange['kind'], string>> = {
  added: 'is new: ',
  removed: 'goes: ',
  renumbered: 'is now ',
  changed: 'changes: ',
};

function failureOf(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
}
