import type { ReactElement } from 'react';
import type { BackfillView, ItemState } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { Link } from '../routing/Link.tsx';
import { count } from '../words/figures.ts';
import { itemOrder, itemStates } from './words.ts';

/** How many of the runs are in which state, as a bar and in figures; each figure leads to those runs. */
export function Progress({
  backfill,
  chosen,
}: {
  readonly backfill: BackfillView;
  readonly chosen?: string;
}): ReactElement {
  const { counts, estimate, id } = backfill;
  const there = itemOrder.filter((state) => counts[state] > 0);
  const share = (state: ItemState): string => `${(100 * counts[state]) / estimate.runs}%`;
  return (
    <div className="progress">
      <div className="progress-bar" aria-hidden="true">
        {there.map((state) => (
          <div
            key={state}
            className={`progress-${state} tone-${itemStates[state].tone}`}
            style={{ width: share(state) }}
          />
        ))}
      </div>
      <ul className="progress-figures" aria-label="Runs by state">
        {there.map((state) => (
          <li key={state} className={`tone-${itemStates[state].tone}`}>
            <Link to={`/reprocess/${id}?state=${state}`} aria-current={chosen === state ? 'true' : undefined}>
              <Mark shape={itemStates[state].shape} />
              <strong>{count(counts[state])}</strong> {itemStates[state].word}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
