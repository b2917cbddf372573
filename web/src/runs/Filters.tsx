import { type ReactElement } from 'react';
import { Mark } from '../parts/Mark.tsx';
import { Link } from '../routing/Link.tsx';
import { useTyped } from '../routing/useTyped.ts';
import { runStates } from '../words/states.ts';
import { isFiltered, stateChoices, withFilter, type FilterName } from './filter.ts';

/** The conditions on the list. They live in the address: a link to a filtered list shows the same list. */
export function Filters({ query }: { readonly query: URLSearchParams }): ReactElement {
  const state = query.get('state') ?? '';
  return (
    <search className="filters">
      <Field name="text" label="Search" placeholder="collection, recipe, user, id…" query={query} />
      <ul className="state-choices" aria-label="State">
        {stateChoices.map((choice) => (
          <li key={choice}>
            <Link
              to={withFilter(query, 'state', choice)}
              aria-current={choice === state ? 'true' : undefined}
              className={choice === '' ? '' : `tone-${runStates[choice].tone}`}
            >
              {choice !== '' && <Mark shape={runStates[choice].shape} />}
              {choice === '' ? 'all' : runStates[choice].word}
            </Link>
          </li>
        ))}
      </ul>
      <Field name="beamline" label="Beamline" query={query} />
      <Field name="visit" label="Visit" query={query} />
      {query.get('overBudget') === 'true' && <span className="badge">over budget only</span>}
      {isFiltered(query) && (
        <Link to="/runs" className="filters-clear">
          Clear
        </Link>
      )}
    </search>
  );
}

interface FieldProps {
  readonly name: FilterName;
  readonly label: string;
  readonly placeholder?: string;
  readonly query: URLSearchParams;
}

function Field({ name, label, placeholder = 'any', query }: FieldProps): ReactElement {
  const [text, setText] = useTyped(query, name, (typed) => withFilter(query, name, typed));

  return (
    <label className={`field field-${name}`}>
      <span>{label}</span>
      <input
        type="search"
        name={name}
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
