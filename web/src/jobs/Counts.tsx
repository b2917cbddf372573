import type { ReactElement } from 'react';
import type { JobCount, JobState } from '../../../src/monitor/api.ts';
import { Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';
import { stateNames, sumsBy, totalsOf, withFilter, type Sum } from './filter.ts';
import { jobStates } from './words.ts';

interface CountsProps {
  readonly counts: readonly JobCount[];
  readonly query: URLSearchParams;
}

/** How many jobs there are of each program, on each backend and host. Each number leads to what it counts. */
export function Counts({ counts, query }: CountsProps): ReactElement | null {
  if (counts.length === 0) return null;
  return (
    <div className="jobs-counts">
      <Table title="By program" of="program" counts={counts} query={query} />
      <Table title="By backend" of="backend" counts={counts} query={query} />
      <Table title="By host" of="host" counts={counts.filter(({ host }) => host !== undefined)} query={query} />
    </div>
  );
}

/** Rows of a table; beyond, the filters help. */
const rowsAtMost = 8;

interface TableProps extends CountsProps {
  readonly title: string;
  readonly of: 'program' | 'backend' | 'host';
}

function Table({ title, of, counts, query }: TableProps): ReactElement | null {
  const sums = sumsBy(counts, of);
  if (sums.length === 0) return null;
  const totals = totalsOf(counts);
  const states = stateNames.filter((state) => totals.has(state));
  const left = sums.length - rowsAtMost;
  return (
    <Panel title={title} aside={left > 0 ? `and ${plural(left, `more ${of}`)}` : undefined}>
      <table className="grid jobs-sums">
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {states.map((state) => (
              <th key={state} scope="col" className="number">
                {jobStates[state].word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sums.slice(0, rowsAtMost).map((sum) => (
            <tr key={sum.name}>
              <th scope="row" className="clip" title={sum.name}>
                <Link to={withFilter(query, { [of]: sum.name })}>{sum.name}</Link>
              </th>
              {states.map((state) => (
                <td key={state} className="number">
                  <Figure sum={sum} of={of} state={state} query={query} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface FigureProps {
  readonly sum: Sum;
  readonly of: TableProps['of'];
  readonly state: JobState;
  readonly query: URLSearchParams;
}

function Figure({ sum, of, state, query }: FigureProps): ReactElement {
  const value = sum.states.get(state) ?? 0;
  if (value === 0) return <span className="soft">0</span>;
  const name = `${count(value)} ${jobStates[state].word}, ${sum.name}`;
  return (
    <Link
      className={`figure tone-${jobStates[state].tone}`}
      to={withFilter(query, { [of]: sum.name, state })}
      aria-label={name}
    >
      {count(value)}
    </Link>
  );
}
