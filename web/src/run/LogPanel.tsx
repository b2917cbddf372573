import { memo, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { LogLevel, LogLineView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';
import { logStates } from '../words/states.ts';
import { clockTime } from '../words/time.ts';
import { deliveryAddress, type DeliveryFilter } from './deliveryFilter.ts';
import { useLog, type Log } from './useLog.ts';
import './log.css';

const choices: readonly (readonly [LogLevel | undefined, string])[] = [
  [undefined, 'all'],
  ['info', 'info and above'],
  ['warn', 'warnings and errors'],
  ['error', 'errors'],
];

/** What the services logged about a run, as it comes; the step that was chosen, if one was, and from a level on. */
export function LogPanel({ run, filter }: { readonly run: string; readonly filter: DeliveryFilter }): ReactElement {
  const { log, failure, showEarlier } = useLog(run, filter);
  return (
    <Panel id="log" title="Log" className="run-log" aside={<Levels run={run} filter={filter} />}>
      {failure !== undefined && <Failure failure={failure} />}
      {log !== undefined && <Lines log={log} filter={filter} onEarlier={showEarlier} />}
    </Panel>
  );
}

function Levels({ run, filter }: { readonly run: string; readonly filter: DeliveryFilter }): ReactElement {
  return (
    <ul className="log-levels" aria-label="Lines shown">
      {filter.step !== undefined && (
        <li>
          <Link to={deliveryAddress(run, { ...filter, step: undefined, cursor: undefined })}>
            step {filter.step} only · show all
          </Link>
        </li>
      )}
      {choices.map(([level, words]) => (
        <li key={words}>
          <Link
            to={deliveryAddress(run, { ...filter, level })}
            aria-current={level === filter.level ? 'true' : undefined}
          >
            {words}
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface LinesProps {
  readonly log: Log;
  readonly filter: DeliveryFilter;
  readonly onEarlier: () => void;
}

/** Pixels from the end at which a reader still is at it. */
const nearEnd = 40;

/** The lines in a window of their own, which stays at the end while the reader is there, and nowhere else moves. */
function Lines({ log: { lines, page, earlier }, filter, onEarlier }: LinesProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const fromEnd = useRef(0);
  const first = lines[0]?.seq;
  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null) return;
    if (atEnd) box.scrollTop = box.scrollHeight;
  }, [lines, atEnd]);
  // What is put before the lines must not push those away that are being read.
  useLayoutEffect(() => {
    const box = frame.current;
    if (box !== null && fromEnd.current > 0) box.scrollTop = box.scrollHeight - fromEnd.current;
    fromEnd.current = 0;
  }, [first]);
  const onScroll = (): void => {
    const box = frame.current;
    if (box !== null) setAtEnd(box.scrollHeight - box.scrollTop - box.clientHeight < nearEnd);
  };
  const goBack = (): void => {
    const box = frame.current;
    fromEnd.current = box === null ? 0 : box.scrollHeight - box.scrollTop;
    setAtEnd(false);
    onEarlier();
  };
  if (lines.length === 0) return <Nothing>{whyNone(page.kept, page.removed, filter)}</Nothing>;
  return (
    <>
      <div className="log-lines" ref={frame} tabIndex={0} role="group" aria-label="Log lines" onScroll={onScroll}>
        <p className="log-edge">
          {earlier === undefined ? (
            before(page.removed, lines.length, page.kept)
          ) : (
            <button type="button" onClick={goBack}>
              Show earlier lines
            </button>
          )}
        </p>
        <ol>
          {lines.map((line) => (
            <Line key={line.seq} line={line} />
          ))}
        </ol>
      </div>
      {!atEnd && (
        <button type="button" className="more" onClick={() => setAtEnd(true)}>
          Follow the latest lines
        </button>
      )}
    </>
  );
}

function before(removed: number, shown: number, kept: number): string {
  if (removed > 0) return `… ${plural(removed, 'earlier line is', 'earlier lines are')} not kept any more`;
  return shown >= 5_000 && kept > shown ? 'Earlier lines are not shown here: baton logs shows them all.' : '';
}

function whyNone(kept: number, removed: number, { level, step }: DeliveryFilter): string {
  if (kept > 0 && (level !== undefined || step !== undefined)) return `None of ${plural(kept, 'line')} fits.`;
  if (removed > 0) return `${plural(removed, 'line was', 'lines were')} here, and not kept.`;
  return 'The services have logged nothing about this run.';
}

const Line = memo(function Line({ line }: { readonly line: LogLineView }): ReactElement {
  const { level, time, step, service, host, attempt, text, fields, leftOut } = line;
  return (
    <li className={`log-line tone-${logStates[level].tone}`}>
      <time dateTime={new Date(time).toISOString()} title={new Date(time).toLocaleString('en-GB')}>
        {clockTime(time)}
      </time>
      <State state={logStates[level]} />
      <span className="log-place" title={`${service} on ${host}, attempt ${attempt}`}>
        {step} {service}
      </span>
      <span className="log-text">
        {leftOut === undefined ? text : `… ${count(leftOut)} ${leftOut === 1 ? 'line' : 'lines'} left out`}
        {fields !== undefined &&
          Object.entries(fields).map(([name, value]) => (
            <span key={name} className="log-field">
              {' '}
              <span className="soft">{name}=</span>
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </span>
          ))}
      </span>
    </li>
  );
});
