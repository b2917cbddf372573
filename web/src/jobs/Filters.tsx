import type { ReactElement } from 'react';
import type { JobCount } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { Link } from '../routing/Link.tsx';
import { useTyped } from '../routing/useTyped.ts';
import { count } from '../words/figures.ts';
import { isFiltered, stateNames, total, totalsOf, withFilter, type FilterName } from './filter.ts';
import { jobStates } from './words.ts';

const fields = [
  { name: 'program', label: 'Program' },
  { name: 'backend', label: 'Backend' },
  { name: 'host', label: 'Host' },
  { name: 'beamline', label: 'Beamline' },
  { name: 'run', label: 'Run' },
] as const;

interface FiltersProps {
  readonly query: URLSearchParams;
  /** Of all that fit but for their state. */
  readonly counts: readonly JobCount[];
}

/** The conditions on the list, with how many there are in each state. They live in the address. */
export function Filters({ query, counts }: FiltersProps): ReactElement {
  const chosen = query.get('state') ?? '';
  const totals = totalsOf(counts);
  const shown = stateNames.filter(
    (state) => totals.has(state) || state === chosen || /^(waiting|running)$/.test(state),
  );
  return (
    <search className="filters">
      <ul className="state-choices" aria-label="State">
        <li>
          <Link to={withFilter(query, { state: '' })} aria-current={chosen === '' ? 'true' : undefined}>
            all <span className="jobs-number">{count(total(totals.values()))}</span>
          </Link>
        </li>
        {shown.map((state) => (
          <li key={state}>
            <Link
              to={withFilter(query, { state })}
              aria-current={state === chosen ? 'true' : undefined}
              className={`tone-${jobStates[state].tone}`}
            >
              <Mark shape={jobStates[state].shape} />
              {jobStates[state].word} <span className="jobs-number">{count(totals.get(state) ?? 0)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {fields.map((field) => (
        <Field key={field.name} {...field} query={query} />
      ))}
      {isFiltered(query) && (
        <Link to="/jobs" className="filters-clear">
          Clear
        </Link>
      )}
    </search>
  );
}

interface FieldProps {
  readonly name: FilterName;
  readonly label: string;
  readonly query: URLSearchParams;
}

function Field({ name, label, query }: FieldProps): ReactElement {
  const [text, setText] = useTyped(query, name, (typed) => withFilter(query, { [name]: typed }));
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="search"
        name={name}
        value={text}
        placeholder="any"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
