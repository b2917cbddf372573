import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { QueueView } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural, rate } from '../words/figures.ts';
import { byDepth, queueKind, queueWord, type QueueKind } from './queue.ts';
import './queues.css';

/** So many queues are shown before the reader asks for all. */
const shownAtFirst = 14;

/** Queue lines `in/s ▸ [waiting | consumers | in flight] ▸ out/s`, the deepest first. */
export function QueueLines(): ReactElement {
  const queues = useLive((live) => live.queues);
  const [all, setAll] = useState(false);
  const [opened, setOpened] = useState('');
  const sorted = queues.toSorted(byDepth);
  const hash = useHash();
  const named = sorted.findIndex((queue) => idOf(queue) === hash);
  const isFurther = named >= shownAtFirst;
  if (isFurther && !all && hash !== opened) {
    setOpened(hash);
    setAll(true);
  }
  // The line was not there when the browser looked for it.
  useEffect(() => {
    if (isFurther) document.getElementById(hash)?.scrollIntoView({ block: 'center' });
  }, [hash, isFurther]);
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const shown = all ? sorted : sorted.slice(0, shownAtFirst);
  return (
    <Panel id="queues" title="Queues" aside={`${count(waiting)} waiting in ${plural(queues.length, 'queue')}`}>
      {queues.length === 0 ? <Nothing>The broker has told of no queue yet.</Nothing> : <Lines queues={shown} />}
      {sorted.length > shownAtFirst && (
        <button type="button" className="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show the deepest only' : `Show all ${sorted.length}`}
        </button>
      )}
    </Panel>
  );
}

/** The part of the page that the address names. */
function useHash(): string {
  return useSyncExternalStore(onHash, () => decoded(location.hash.slice(1)));
}

/** Whoever typed the address may have typed anything. */
function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

function onHash(subscriber: () => void): () => void {
  window.addEventListener('hashchange', subscriber);
  return () => window.removeEventListener('hashchange', subscriber);
}

function Lines({ queues }: { readonly queues: readonly QueueView[] }): ReactElement {
  const deepest = Math.max(1, ...queues.map((queue) => queue.waiting));
  return (
    <table className="queues">
      <thead>
        <tr>
          <th scope="col">queue</th>
          <th scope="col">in/s</th>
          <th scope="col">waiting</th>
          <th scope="col" title="How many consumers are subscribed">
            cons<span className="unseen">umers</span>
          </th>
          <th scope="col">in flight</th>
          <th scope="col">out/s</th>
        </tr>
      </thead>
      <tbody>
        {queues.map((queue) => (
          <Line key={queue.name} queue={queue} deepest={deepest} />
        ))}
      </tbody>
    </table>
  );
}

/** What a link to the line ends with. */
function idOf({ name }: QueueView): string {
  return `queue-${name}`;
}

const tones: Readonly<Record<QueueKind, string>> = {
  flowing: '',
  parked: '',
  'no consumer': 'tone-warn',
  'dead letters': 'tone-bad',
};

function Line({ queue, deepest }: { readonly queue: QueueView; readonly deepest: number }): ReactElement {
  const kind = queueKind(queue);
  const depth = queue.waiting === 0 ? 0 : Math.log1p(queue.waiting) / Math.log1p(deepest);
  return (
    <tr
      id={idOf(queue)}
      className={`queue ${tones[kind]}`}
      data-quiet={queue.waiting + queue.inFlight + queue.inRate + queue.outRate === 0}
    >
      <th
        scope="row"
        className="queue-name"
        title={`${queue.name}: ${count(queue.enqueued)} in, ${count(queue.dequeued)} out since the broker started`}
      >
        <div>
          <span className="clip">
            {kind === 'dead letters' ? (
              <Link to={`/failed?queue=${encodeURIComponent(queue.name)}`}>{queue.name}</Link>
            ) : (
              queue.name
            )}
          </span>
          <span className="queue-word">{queueWord(kind)}</span>
        </div>
      </th>
      <td className="queue-rate">{rate(queue.inRate)}</td>
      <td className="queue-waiting">
        <div className="queue-depth" style={{ transform: `scaleX(${depth})` }} />
        <span>{count(queue.waiting)}</span>
      </td>
      <td className="queue-consumers">{count(queue.consumers)}</td>
      <td className="queue-flight">{count(queue.inFlight)}</td>
      <td className="queue-rate queue-out">{rate(queue.outRate)}</td>
    </tr>
  );
}
