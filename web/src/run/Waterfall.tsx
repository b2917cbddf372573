import { useCallback, useState, type ReactElement } from 'react';
import type { DeliveryTimes, LiveEvent, RunDetail, StepWaterfall, Waterfall } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { follow, Link } from '../routing/Link.tsx';
import { useRequest } from '../server/useRequest.ts';
import { count, plural } from '../words/figures.ts';
import { outcomes } from '../words/states.ts';
import { duration } from '../words/time.ts';
import { deliveryAddress, type DeliveryFilter } from './deliveryFilter.ts';
import { areas, phases, ticks, type Tick } from './waterfallDrawing.ts';
import './waterfall.css';

interface WaterfallPanelProps {
  readonly run: RunDetail;
  readonly filter: DeliveryFilter;
}

/** Where the time of a run went: for each step how many messages waited, were held and ran at each moment, and how long. */
export function WaterfallPanel({ run, filter }: WaterfallPanelProps): ReactElement {
  const concerns = useCallback((event: LiveEvent) => event.type === 'run' && event.run.id === run.id, [run.id]);
  const step = filter.step === undefined ? '' : `?step=${filter.step}`;
  const { answer, failure } = useRequest<Waterfall>(
    `/api/runs/${encodeURIComponent(run.id)}/waterfall${step}`,
    concerns,
  );
  return (
    <Panel title="Time" className="run-waterfall" aside={<Legend />}>
      {failure !== undefined && <Failure failure={failure} />}
      {answer?.steps.length === 0 && (
        <Nothing>Nothing has been delivered yet, or to services that leave no records.</Nothing>
      )}
      {answer !== undefined && answer.steps.length > 0 && <Chart waterfall={answer} filter={filter} />}
    </Panel>
  );
}

/** In the order in which they lie upon each other. */
function Legend(): ReactElement {
  return (
    <ul className="phases" aria-label="What the areas are, from above">
      {phases.map(({ name, word, meaning }) => (
        <li key={name} title={meaning}>
          <svg viewBox="0 0 10 10" className={`phase phase-${name}`} aria-hidden="true">
            <rect width="10" height="10" rx="2" />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}

interface ChartProps {
  readonly waterfall: Waterfall;
  readonly filter: DeliveryFilter;
}

/** So few deliveries are shown without being asked for. */
const few = 12;

function Chart({ waterfall, filter }: ChartProps): ReactElement {
  const { run, from, to, deliveries, of, steps, longest } = waterfall;
  const [asked, ask] = useState<boolean>();
  const shown = asked ?? longest.length <= few;
  const marks = ticks(to - from);
  return (
    <>
      <table className="waterfall">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col" className="waterfall-axis">
              <span className="unseen">time line, {duration(to - from)}</span>
              <Axis marks={marks} />
            </th>
            {phases.map(({ name, word }) => (
              <th
                key={name}
                scope="col"
                className="number"
                title="Half of the deliveries at most so long, and the longest"
              >
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <StepRow key={step.step} run={run} step={step} marks={marks} filter={filter} />
          ))}
        </tbody>
        {shown && (
          <tbody className="waterfall-single">
            {longest.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} from={from} to={to} marks={marks} />
            ))}
          </tbody>
        )}
      </table>
      <button type="button" className="more" aria-expanded={shown} onClick={() => ask(!shown)}>
        {shown ? 'Hide single deliveries' : single(waterfall, filter)}
      </button>
      {deliveries < of && (
        <p className="waterfall-note soft">
          Of {count(of)} deliveries the latest {count(deliveries)} were looked at.
        </p>
      )}
    </>
  );
}

function single({ longest, deliveries, steps }: Waterfall, { step }: DeliveryFilter): string {
  const there = step === undefined ? deliveries : (steps.find((each) => each.step === step)?.deliveries ?? 0);
  const which = step === undefined ? '' : ` of step ${step}`;
  return longest.length < there
    ? `Show the ${longest.length} deliveries${which} that took longest`
    : `Show ${plural(longest.length, 'single delivery', 'single deliveries')}${which}`;
}

/** Times since the beginning, at their places. */
function Axis({ marks }: { readonly marks: readonly Tick[] }): ReactElement {
  return (
    <svg className="waterfall-ticks" aria-hidden="true">
      {marks.map(({ at, time }) => (
        <text key={time} x={`${at * 100}%`} y="1em" textAnchor={at > 0.93 ? 'end' : 'start'}>
          {time === 0 ? '0' : duration(time)}
        </text>
      ))}
    </svg>
  );
}

function Lines({
  marks,
  width,
  height,
}: {
  readonly marks: readonly Tick[];
  readonly width: number;
  readonly height: number;
}): ReactElement {
  return (
    <>
      {marks.map(({ at, time }) => (
        <path key={time} className="waterfall-line" d={`M${at * width} 0V${height}`} />
      ))}
    </>
  );
}

interface StepRowProps {
  readonly run: string;
  readonly step: StepWaterfall;
  readonly marks: readonly Tick[];
  readonly filter: DeliveryFilter;
}

function StepRow({ run, step, marks, filter }: StepRowProps): ReactElement {
  const isChosen = step.step === filter.step;
  const address = deliveryAddress(run, { ...filter, cursor: undefined, step: isChosen ? undefined : step.step });
  const { slices, most, paths } = areas(step.load);
  return (
    <tr aria-current={isChosen ? 'true' : undefined}>
      <th scope="row">
        <Link to={address} title={`${plural(step.deliveries, 'delivery', 'deliveries')}`}>
          <span className="waterfall-step">{step.step}</span> {step.service}
        </Link>
      </th>
      <td>
        {/* The link beside it is for the keyboard; here it is for the hand. */}
        <svg
          className="waterfall-areas"
          viewBox={`0 0 ${slices} 1`}
          preserveAspectRatio="none"
          onClick={(event) => follow(event, address)}
        >
          <title>{`${step.service}: at most ${most < 1 ? 'one' : `about ${count(Math.ceil(most))}`} at the same time. Choose the step`}</title>
          <Lines marks={marks} width={slices} height={1} />
          {paths.map(({ phase, path }) => (
            <path key={phase} className={`phase phase-${phase}`} d={path} />
          ))}
        </svg>
      </td>
      {phases.map(({ name, word }) => (
        <td key={name} className="number" data-phase={word}>
          {duration(step[name].p50)}
          {step.deliveries > 1 && <span className="soft waterfall-max"> max {duration(step[name].max)}</span>}
        </td>
      ))}
    </tr>
  );
}

interface DeliveryRowProps {
  readonly delivery: DeliveryTimes;
  readonly from: number;
  readonly to: number;
  readonly marks: readonly Tick[];
}

/** The narrowest bar that is still seen, in thousandths of the width. */
const narrowest = 3;

function DeliveryRow({ delivery, from, to, marks }: DeliveryRowProps): ReactElement {
  const { step, attempt, outcome, since, received, started, finished } = delivery;
  const place = (time: number): number => ((time - from) / Math.max(1, to - from)) * 1000;
  const ends = { waiting: [since, received], held: [received, started], running: [started, finished] } as const;
  return (
    <tr>
      <th scope="row">
        <span className="waterfall-step">{step}</span> <State state={outcomes[outcome]} />
        {attempt > 1 && <span className="soft"> attempt {attempt}</span>}
      </th>
      <td>
        <svg className="waterfall-bar" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
          <Lines marks={marks} width={1000} height={1} />
          {phases.map(({ name }) => {
            const [begin, end] = ends[name];
            if (end === begin) return null;
            return (
              <rect
                key={name}
                className={`phase phase-${name}`}
                x={Math.min(place(begin), 1000 - narrowest)}
                width={Math.max(narrowest, place(end) - place(begin))}
                y="0.15"
                height="0.7"
              />
            );
          })}
        </svg>
      </td>
      {phases.map(({ name, word }) => (
        <td key={name} className="number" data-phase={word}>
          {duration(ends[name][1] - ends[name][0])}
        </td>
      ))}
    </tr>
  );
}
