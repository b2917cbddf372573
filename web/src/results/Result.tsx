import { useMemo, type ReactElement } from 'react';
import type { ResultView } from '../../../src/monitor/api.ts';
import { Facts } from '../parts/Facts.tsx';
import { JsonText } from '../parts/JsonText.tsx';
import { Moment } from '../parts/Time.tsx';
import { isList, isObject, type Json } from '../server/types.ts';
import { count, measure, plural } from '../words/figures.ts';
import { Counts } from './Counts.tsx';
import { findGridScan, type GridScan } from './gridScan.ts';
import { HeatMap } from './HeatMap.tsx';
import { LineScan } from './LineScan.tsx';
import './result.css';

/** A result as a picture where the page knows its kind, and as its own fields in any case. */
export function Result({ result }: { readonly result: ResultView }): ReactElement {
  const scan = useMemo(() => findGridScan(result.result), [result.result]);
  return (
    <article className="result">
      <header className="result-head">
        {scan !== undefined && <h3>{headline(scan)}</h3>}
        <p className="soft">
          step {result.step}, <Moment time={result.time} />
        </p>
      </header>
      <div className="result-body">
        {scan !== undefined &&
          (scan.rows === 1 || scan.columns === 1 ? <LineScan scan={scan} /> : <HeatMap scan={scan} />)}
        <div className="result-fields">
          <Facts facts={factsOf(result.result)} />
          {scan !== undefined && <Counts scan={scan} />}
          <details>
            <summary>Whole result as JSON</summary>
            <JsonText value={result.result} label="Result" />
          </details>
        </div>
      </div>
    </article>
  );
}

/** What people want to know of a grid scan, in one line. */
function headline(scan: GridScan): string {
  if (scan.centrePixels === undefined) return scan.message ?? 'No centre';
  const { x, y } = scan.centrePixels;
  const best =
    scan.bestImage === undefined ? '' : `, best image ${count(scan.bestImage)} with ${plural(scan.max, 'spot')}`;
  return `Centre at ${x.toFixed(1)}, ${y.toFixed(1)} px${best}`;
}

/** Fields that only the picture, or a program, can read. */
const notListed = new Set(['counts', 'best_region']);

function factsOf(result: Json): readonly (readonly [string, string])[] {
  if (!isObject(result)) return [['result', textOf(result)]];
  return Object.entries(result).flatMap(([name, value]) => {
    if (notListed.has(name)) return [];
    return [[name.replaceAll('_', ' '), textOf(value)] as const];
  });
}

const longest = 60;

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return measure(value);
  if (isList(value) && value.every((each) => typeof each === 'number')) return value.map(measure).join(', ');
  const text = JSON.stringify(value).replaceAll(',', ', ');
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
