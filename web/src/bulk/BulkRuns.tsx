import type { ReactElement } from 'react';
import type { BulkItem, BulkPreview, BulkResult } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { runName } from '../runs/name.ts';
import type { Shape } from '../words/states.ts';

/** The runs, what would be done with each or why nothing, and then what became of it. */
export function BulkRuns({
  preview,
  results,
  isBegun,
}: {
  readonly preview: BulkPreview;
  readonly results: readonly BulkResult[];
  readonly isBegun: boolean;
}): ReactElement {
  const known = new Map(results.map((result) => [result.run, result]));
  const items = isBegun ? preview.items.filter(({ possible }) => possible) : preview.items;
  return (
    <ul className="bulk-runs" tabIndex={0} aria-label="Runs">
      {items.map((item) => (
        <Row key={item.run} item={item} result={known.get(item.run)} isBegun={isBegun} />
      ))}
    </ul>
  );
}

function Row({
  item: { run, summary, possible, words },
  result,
  isBegun,
}: {
  readonly item: BulkItem;
  readonly result: BulkResult | undefined;
  readonly isBegun: boolean;
}): ReactElement {
  const [shape, tone] = isBegun ? markOf(result) : possible ? marks.would : marks.not;
  return (
    <li data-possible={possible}>
      <span className={`tone-${tone} bulk-mark`}>
        <Mark shape={shape} />
      </span>
      <span className="bulk-name">
        <Link to={`/runs/${encodeURIComponent(run)}`}>{summary === undefined ? run : runName(summary)}</Link>{' '}
        {summary !== undefined && (
          <span className="soft">
            {summary.beamline} <Moment time={summary.announced} />
          </span>
        )}
      </span>
      <span className="bulk-words">
        {isBegun ? (result?.words ?? 'waits for its turn') : words}{' '}
        {result?.started !== undefined && <Link to={`/runs/${encodeURIComponent(result.started)}`}>the new run</Link>}
      </span>
    </li>
  );
}

const marks = {
  would: ['ring', 'active'],
  not: ['slash', 'quiet'],
  done: ['check', 'good'],
  failed: ['cross', 'bad'],
  waits: ['clock', 'quiet'],
} as const satisfies Readonly<Record<string, readonly [Shape, string]>>;

function markOf(result: BulkResult | undefined): (typeof marks)[keyof typeof marks] {
  if (result === undefined) return marks.waits;
  return result.isDone ? marks.done : marks.failed;
}
