import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { BulkAction, BulkSelection } from '../../../src/monitor/api.ts';
import { isFiltered } from '../runs/filter.ts';
import { plural } from '../words/figures.ts';
import { filterOf } from './filterOf.ts';
import type { Choice } from './useChoice.ts';
import './bulk.css';

const BulkDialog = lazy(() => import('./BulkDialog.tsx'));

interface Asked {
  readonly what: BulkAction['what'];
  readonly selection: BulkSelection;
}

/** What can be done with the runs that are chosen, or with all that fit the filter. */
export function ChosenBar({
  choice,
  query,
}: {
  readonly choice: Choice;
  readonly query: URLSearchParams;
}): ReactElement | null {
  const [asked, ask] = useState<Asked>();
  const { chosen, clear } = choice;
  const filtered = isFiltered(query);
  if (chosen.size === 0 && !filtered && asked === undefined) return null;
  const selection: BulkSelection = chosen.size > 0 ? { runs: [...chosen] } : { filter: filterOf(query) };
  return (
    <div className="runs-chosen" role="group" aria-label="What can be done with these runs">
      <strong>{chosen.size > 0 ? `${plural(chosen.size, 'run')} chosen` : 'All that fit these conditions'}</strong>
      <button type="button" className="button" onClick={() => ask({ what: 'rerun', selection })}>
        Repeat …
      </button>
      <button type="button" className="button" onClick={() => ask({ what: 'cancel', selection })}>
        Cancel …
      </button>
      {chosen.size > 0 && (
        <button type="button" className="link" onClick={clear}>
          Choose none
        </button>
      )}
      {asked !== undefined && (
        <Suspense>
          <BulkDialog what={asked.what} selection={asked.selection} onClose={() => ask(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
