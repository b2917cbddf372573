import { type ReactElement } from 'react';
import { Link } from '../routing/Link.tsx';
import { go } from '../routing/place.ts';
import { useTyped } from '../routing/useTyped.ts';
import { withWish, type WishName } from './wish.ts';

const states = ['', 'finished', 'failed', 'cancelled', 'refused'] as const;

/** Which runs. All of it lives in the address: a link to a half-made back-fill shows the same one. */
export function SelectionForm({ query }: { readonly query: URLSearchParams }): ReactElement {
  return (
    <search className="reprocess-fields">
      <Field name="numbers" label="Run numbers" placeholder="4,6-8" query={query} />
      <Field name="visit" label="Visit" query={query} />
      <Field name="beamline" label="Beamline" query={query} />
      <Field name="collection" label="Collection" query={query} />
      <Field name="recipe" label="Followed the recipe" query={query} />
      <Field name="from" label="Announced from" type="datetime-local" query={query} />
      <Field name="to" label="to" type="datetime-local" query={query} />
      <div className="field reprocess-choice">
        <span id="reprocess-ended">Ended</span>
        <ul className="state-choices" aria-labelledby="reprocess-ended">
          {states.map((state) => (
            <li key={state}>
              <Link
                to={withWish(query, 'state', state)}
                aria-current={(query.get('state') ?? '') === state ? 'true' : undefined}
                title={state === 'refused' ? 'Announcements of which no run came about' : undefined}
              >
                {state === '' ? 'in any way' : state}
              </Link>
            </li>
          ))}
        </ul>
      </div>
      <Field name="lacks" label="Find missing: never had the recipe" query={query} />
    </search>
  );
}

/** The recipes: as the runs had them, as they are now, or another. */
export function RecipeForm({ query }: { readonly query: URLSearchParams }): ReactElement {
  const use = query.get('use') ?? 'stored';
  const choices = [
    ['stored', 'As each run had it'],
    ['current', 'As it is now'],
    ['named', 'Another one'],
  ] as const;
  return (
    <fieldset className="choices reprocess-recipe">
      <legend>With the recipe</legend>
      {choices.map(([choice, words]) => (
        <label key={choice}>
          <input
            type="radio"
            name="use"
            checked={use === choice}
            onChange={() => go(withWish(query, 'use', choice === 'stored' ? '' : choice), 'replace')}
          />
          <span>{words}</span>
        </label>
      ))}
      {use === 'named' && <Field name="name" label="Name of the recipe" query={query} />}
    </fieldset>
  );
}

interface FieldProps {
  readonly name: WishName;
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly type?: 'text' | 'datetime-local' | 'number';
  readonly query: URLSearchParams;
}

export function Field({ name, label, placeholder = 'any', type = 'text', query }: FieldProps): ReactElement {
  const [text, setText] = useTyped(query, name, (typed) => withWish(query, name, typed));
  return (
    <label className={`field reprocess-field-${name}`}>
      <span>{label}</span>
      <input
        name={name}
        type={type}
        {...(type === 'number' ? { min: 0, step: 'any' } : {})}
        value={text}
        placeholder={placeholder}
        maxLength={10_000}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
