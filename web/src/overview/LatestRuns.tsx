import type { ReactElement } from 'react';
import { useLive } from '../live/context.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { RunTable } from '../runs/RunTable.tsx';

/** So many on a wall; where there is less room the style sheet shows the first eight. */
const shown = 20;

/** The runs announced last; newer ones push the older out, and the height stays. */
export function LatestRuns(): ReactElement {
  const runs = useLive((live) => live.runs);
  const latest = [...runs.values()].sort((a, b) => b.announced - a.announced).slice(0, shown);
  return (
    <Panel title="Latest runs" aside={<Link to="/runs">All runs</Link>}>
      {latest.length === 0 ? (
        <Nothing>
          Nothing has been announced yet. Runs appear here the moment acquisition announces a collection.
        </Nothing>
      ) : (
        <RunTable runs={latest} columns="short" caption="Latest runs" />
      )}
    </Panel>
  );
}
