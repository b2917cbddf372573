import { useEffect, useRef, type ReactElement } from 'react';
import type { HealthState, QueueView, RunSummary, ServiceView } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { useClock } from '../live/now.ts';
import { byDepth, queueKind } from '../overview/queue.ts';
import { Mark } from '../parts/Mark.tsx';
import { Age } from '../parts/Time.tsx';
import { count, plural, rate } from '../words/figures.ts';
import { beingCancelled, healthStates, runStates, serviceState } from '../words/states.ts';
import { duration, moment } from '../words/time.ts';
import './kiosk.css';

/** The overview on a wall: readable at three metres, dark, calm, and without anything to press. */
export default function Kiosk(): ReactElement {
  const connection = useLive((live) => live.connection);
  const known = useLive((live) => live.epoch > 0);
  useReloadWithMonitor();
  const isLost = connection.state === 'lost';
  return (
    <main className="kiosk" data-lost={isLost}>
      <title>Baton</title>
      <div className="kiosk-shown" aria-hidden={isLost}>
        <Head />
        {known && (
          <div className="kiosk-columns">
            <Checks />
            <Queues />
            <Runs />
            <Services />
          </div>
        )}
      </div>
      {isLost && <Lost since={connection.since} known={known} />}
    </main>
  );
}

const urgency: Readonly<Record<HealthState, number>> = { error: 0, warning: 1, notice: 2, pass: 3 };

function Head(): ReactElement {
  const health = useLive((live) => live.health);
  const failed = useLive((live) => live.failed?.failures ?? 0);
  const now = useClock();
  const state = health === undefined ? undefined : healthStates[health.state];
  const number = (wanted: HealthState): number => health?.checks.filter((check) => check.state === wanted).length ?? 0;
  const troubles = [
    number('error') > 0 ? plural(number('error'), 'error') : '',
    number('warning') > 0 ? plural(number('warning'), 'warning') : '',
  ].filter((part) => part !== '');
  return (
    <header className={`kiosk-head tone-${state?.tone ?? 'quiet'}`}>
      <Mark shape={state?.shape ?? 'clock'} />
      <h1>{health === undefined ? 'Waiting for the monitor' : troubles.join(', ') || 'All is well'}</h1>
      {failed > 0 && <p className="tone-bad kiosk-failed">{plural(failed, 'failure')} open</p>}
      <time className="kiosk-clock">{clock.format(now)}</time>
    </header>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** So many lines fit beside each other at that size. */
const shown = 5;

function Checks(): ReactElement {
  const checks = useLive((live) => live.health)?.checks ?? [];
  const troubled = checks
    .filter(({ state }) => state !== 'pass')
    .toSorted((a, b) => urgency[a.state] - urgency[b.state]);
  return (
    <section aria-label="Health">
      <h2>{troubled.length === 0 ? `${count(checks.length)} checks passed` : 'Health'}</h2>
      <ul>
        {troubled.slice(0, shown).map(({ check, state, message, since }) => (
          <li key={check} className={`kiosk-check tone-${healthStates[state].tone}`}>
            <Mark shape={healthStates[state].shape} />
            <p>
              <strong>{check}</strong> {message}{' '}
              <span className="soft">
                <Age time={since} />
              </span>
            </p>
          </li>
        ))}
      </ul>
      <More all={troubled.length} />
    </section>
  );
}

function Queues(): ReactElement {
  const queues = useLive((live) => live.queues);
  const moving = queues
    .filter(({ waiting, inFlight, inRate, outRate }) => waiting + inFlight + inRate + outRate > 0)
    .toSorted(byDepth);
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return (
    <section aria-label="Queues">
      <h2>{plural(waiting, 'message')} waiting</h2>
      <ul>
        {moving.slice(0, shown).map((queue) => (
          <li key={queue.name} className={`kiosk-queue ${toneOf(queue)}`}>
            <span className="clip">{queue.name}</span>
            <span>{rate(queue.inRate)}/s ▸</span>
            <strong>{count(queue.waiting)}</strong>
            <span>▸ {rate(queue.outRate)}/s</span>
          </li>
        ))}
      </ul>
      <More all={moving.length} />
    </section>
  );
}

function toneOf(queue: QueueView): string {
  const kind = queueKind(queue);
  if (kind === 'dead letters') return 'tone-bad';
  return kind === 'no consumer' ? 'tone-warn' : '';
}

function Runs(): ReactElement {
  const runs = useLive((live) => live.runs);
  const latest = [...runs.values()].sort((a, b) => b.announced - a.announced);
  const running = latest.filter(({ state }) => state === 'running').length;
  return (
    <section aria-label="Runs">
      <h2>{running === 0 ? 'Nothing runs' : `${plural(running, 'run')} under way`}</h2>
      <ul>
        {latest.slice(0, shown).map((run) => (
          <li key={run.id} className={`kiosk-run tone-${stateOf(run).tone}`}>
            <Mark shape={stateOf(run).shape} />
            <span className="clip">{nameOf(run)}</span>
            <span className="soft">{stateOf(run).word}</span>
            <span className="soft">
              <Age time={run.announced} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateOf({ state, isCancelling }: RunSummary): (typeof runStates)['running'] {
  return isCancelling === true ? beingCancelled : runStates[state];
}

/** What tells it apart first: there is room for little. */
function nameOf({ beamline, visit, collection, runNumber, recipes, id }: RunSummary): string {
  const about = [beamline, collection ?? runNumber, visit].filter((word) => word !== undefined);
  return about.length > 0 ? about.join(' ') : recipes.join(', ') || id;
}

function Services(): ReactElement {
  const services = useLive((live) => live.services);
  const troubled = services.filter((service) => ['bad', 'warn'].includes(serviceState(service).tone));
  return (
    <section aria-label="Services">
      <h2>
        {plural(services.length - troubled.length, 'service')} up
        {troubled.length > 0 && `, ${count(troubled.length)} not`}
      </h2>
      <ul>
        {troubled.slice(0, shown).map((service) => (
          <Service key={`${service.host} ${service.service}`} service={service} />
        ))}
      </ul>
      <More all={troubled.length} />
    </section>
  );
}

function Service({ service }: { readonly service: ServiceView }): ReactElement {
  const state = serviceState(service);
  return (
    <li className={`kiosk-run tone-${state.tone}`}>
      <Mark shape={state.shape} />
      <span className="clip">{service.service}</span>
      <span>{state.word}</span>
      <span className="soft">{service.host}</span>
    </li>
  );
}

function More({ all }: { readonly all: number }): ReactElement | null {
  return all <= shown ? null : <p className="soft">and {count(all - shown)} more</p>;
}

/** Nothing that is old looks live: what was known last is dimmed behind it. */
function Lost({ since, known }: { readonly since: number; readonly known: boolean }): ReactElement {
  const now = Math.max(useClock(), since + 1000);
  return (
    <div className="kiosk-lost" role="alert">
      <Mark shape="cross" />
      <p className="kiosk-lost-title">Not live</p>
      <p>
        {known
          ? `This screen has heard nothing since ${moment(since, now)}, ${duration(Math.floor((now - since) / 1000) * 1000)} ago.`
          : 'This screen has heard nothing of the monitor yet.'}
      </p>
      <p className="soft">It connects again by itself.</p>
    </div>
  );
}

/** Nobody presses a key on a wall: after an upgrade of the monitor the page is loaded anew. */
function useReloadWithMonitor(): void {
  const version = useLive((live) => live.health)?.version;
  const first = useRef(version);
  useEffect(() => {
    first.current ??= version;
    if (version !== undefined && version !== first.current) location.reload();
  }, [version]);
}
