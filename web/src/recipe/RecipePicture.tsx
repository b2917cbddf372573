import { useMemo, useRef, type ReactElement } from 'react';
import type { StepView } from '../../../src/monitor/api.ts';
import { useWidth } from '../parts/useWidth.ts';
import { follow } from '../routing/Link.tsx';
import type { JsonObject } from '../server/types.ts';
import { box, drawingOf, type Drawing, type Point } from './drawing.ts';
import { graphOf, type GraphStep } from './graph.ts';
import { layOut } from './layout.ts';
import { countsOf, StepCounts } from './StepCounts.tsx';
import './recipe.css';

interface RecipePictureProps {
  readonly recipe: JsonObject;
  /** What was counted; absent for a recipe that is not shown as a run follows it. */
  readonly steps?: readonly StepView[] | undefined;
  /** Of those that wait at a step, so many may be running: the broker has given them out. */
  readonly underWay?: ReadonlyMap<number, number> | undefined;
  readonly chosen: number | undefined;
  /** Where a click on a step leads. */
  readonly addressOf: (step: number) => string;
}

/** The recipe as boxes and arrows with live counts; each box leads to the messages of its step. */
export function RecipePicture({ recipe, steps, underWay, chosen, addressOf }: RecipePictureProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const graph = useMemo(() => graphOf(recipe), [recipe]);
  const unit = width === undefined ? 1 : rootFontSize() / baseFontSize;
  const drawing = useMemo(
    () => (width === undefined ? undefined : drawingOf(layOut(graph), width / unit)),
    [graph, width, unit],
  );
  const views = new Map((steps ?? []).map((step) => [step.step, step]));
  return (
    // A wide recipe scrolls inside its frame: the frame takes the focus, so that the arrow keys reach what is hidden.
    <div className="recipe" ref={frame} tabIndex={0} role="group" aria-label="Picture of the recipe">
      {drawing !== undefined && (
        <svg
          width={drawing.width * drawing.scale * unit}
          height={drawing.height * drawing.scale * unit}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        >
          <Arrows drawing={drawing} views={views} />
          {graph.steps.map((step) => {
            const place = drawing.boxes.get(step.id);
            return (
              place && (
                <Step
                  key={step.id}
                  step={step}
                  place={place}
                  view={views.get(step.id)}
                  underWay={underWay?.get(step.id) ?? 0}
                  counted={steps !== undefined}
                  chosen={step.id === chosen}
                  address={addressOf(step.id)}
                />
              )
            );
          })}
        </svg>
      )}
    </div>
  );
}

/** The picture is drawn for this size of text, in pixels, and grows with the page's. */
const baseFontSize = 14;

function rootFontSize(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

interface ArrowsProps {
  readonly drawing: Drawing;
  readonly views: ReadonlyMap<number, StepView>;
}

/** The links. An error link has a colour only when something went over it. */
function Arrows({ drawing, views }: ArrowsProps): ReactElement {
  const kinds = ['output', 'error', 'error-used'] as const;
  return (
    <>
      <defs>
        {kinds.map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            className={`arrow-${kind}`}
            viewBox="0 0 8 8"
            refX="7.5"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 .5 8 4 0 7.5Z" />
          </marker>
        ))}
      </defs>
      {drawing.arrows.map(({ key, from, error, path, label, labelAt }) => {
        const kind = !error ? 'output' : (views.get(from)?.errorLink ?? 0) > 0 ? 'error-used' : 'error';
        return (
          <g key={key} className={`link-${kind}`}>
            <path d={path} markerEnd={`url(#arrow-${kind})`} />
            {label !== '' && (
              <text x={labelAt.x} y={labelAt.y}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

interface StepProps {
  readonly step: GraphStep;
  readonly place: Point;
  readonly view: StepView | undefined;
  readonly underWay: number;
  readonly counted: boolean;
  readonly chosen: boolean;
  readonly address: string;
}

function Step({ step, place, view, underWay, counted, chosen, address }: StepProps): ReactElement {
  const ended = view === undefined ? 0 : view.sent - view.waiting;
  const share = view === undefined || view.sent === 0 ? 0 : ended / view.sent;
  const tone = counted ? toneOf(view) : 'tone-plain';
  const told = counted
    ? countsOf({ view, underWay })
    : [step.starts ? 'starts' : '', step.joins ? 'joins' : ''].filter(Boolean).join(', ');
  return (
    <a
      href={address}
      onClick={(event) => follow(event, address)}
      className={`step ${tone}`}
      aria-current={chosen ? 'true' : undefined}
      aria-label={[`Step ${step.id}, ${step.name}`, told].filter(Boolean).join(': ')}
    >
      <g transform={`translate(${place.x} ${place.y})`}>
        <title>{[step.name, told].filter(Boolean).join(': ')}</title>
        <rect className="step-box" width={box.width} height={box.height} rx="7" />
        {step.starts && <path className="step-start" d={`M0 ${box.height / 2 - 6} l7 6 -7 6Z`} />}
        <text className="step-number" x="14" y="20">
          {step.id}
        </text>
        <text className="step-name" x="32" y="20">
          {shortened(step.name, 19)}
        </text>
        {!counted && (
          <text className="step-counts" x="14" y="38">
            {shortened(told, 26)}
          </text>
        )}
        {counted && (
          <>
            <StepCounts numbers={{ view, underWay }} x={14} y={39} width={box.width - 28} />
            {view?.inferred === true && (
              <text className="step-inferred" x={box.width - 10} y="15">
                inferred
              </text>
            )}
            <rect className="step-share" x="14" y={box.height - 8} width={box.width - 28} height="3" rx="1.5" />
            <rect
              className="step-share-done"
              x="14"
              y={box.height - 8}
              width={(box.width - 28) * share}
              height="3"
              rx="1.5"
            />
          </>
        )}
      </g>
    </a>
  );
}

function toneOf(view: StepView | undefined): string {
  if (view?.budget?.over === true && view.dead + view.errorLink === 0) return 'tone-warn';
  if (view === undefined || view.sent === 0) return 'tone-quiet';
  if (view.dead + view.errorLink > 0) return 'tone-bad';
  if (view.waiting > 0) return 'tone-active';
  return view.cancelled > 0 ? 'tone-quiet' : 'tone-good';
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
