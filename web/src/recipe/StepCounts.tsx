import type { ReactElement } from 'react';
import type { StepView } from '../../../src/monitor/api.ts';
import { markShapes } from '../parts/Mark.tsx';
import { count } from '../words/figures.ts';
import { overBudget, type Shape, type Tone } from '../words/states.ts';

/** What a step's messages are doing. `underWay`: so many of those that wait may be worked on, as the broker has given them out. */
export interface StepNumbers {
  readonly view: StepView | undefined;
  readonly underWay: number;
}

/** The numbers of a step in a picture: done, running, waiting, failed, each with its mark; those that are nought are left out. */
export function StepCounts({ numbers, x, y, width }: StepCountsProps): ReactElement {
  const groups = groupsOf(numbers);
  if (groups.length === 0) {
    return (
      <text className="step-counts" x={x} y={y}>
        nothing sent yet
      </text>
    );
  }
  const long = placed(groups.map((group) => ({ ...group, text: textOf(group, count(group.number)) })));
  const fitting =
    long.end <= width ? long : placed(groups.map((group) => ({ ...group, text: textOf(group, short(group.number)) })));
  return (
    <>
      {fitting.groups.map(({ shape, tone, text, at }) => (
        <g key={shape} className={`step-figure tone-${tone}`} transform={`translate(${x + at} ${y})`}>
          <g className="step-mark" transform="translate(0 -9.5) scale(0.68)">
            {markShapes[shape]}
          </g>
          <text x={markWidth}>{text}</text>
        </g>
      ))}
    </>
  );
}

interface StepCountsProps {
  readonly numbers: StepNumbers;
  /** Where the line begins, and how long it may be. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The same in words. */
export function countsOf({ view, underWay }: StepNumbers): string {
  const late = view?.budget?.over === true ? [overBudget.word] : [];
  if (view === undefined || view.sent === 0) return ['nothing sent yet', ...late].join(' · ');
  const parts = [
    `${count(view.sent - view.waiting)} of ${count(view.sent)}`,
    ...late,
    view.waiting > 0 ? `${count(view.waiting)} waiting` : '',
    underWay > 0 ? `of these up to ${count(underWay)} running` : '',
    view.dead > 0 ? `${count(view.dead)} dead` : '',
    view.errorLink > 0 ? `${count(view.errorLink)} to error` : '',
    view.cancelled > 0 ? `${count(view.cancelled)} cancelled` : '',
    view.inferred === true ? 'inferred' : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

interface Group {
  readonly shape: Shape;
  readonly tone: Tone;
  readonly number: number;
  /** The number is the most that it may be. */
  readonly atMost?: boolean;
}

/** Together they are all that was sent. */
function groupsOf({ view, underWay }: StepNumbers): readonly Group[] {
  if (view === undefined || view.sent === 0) return [];
  const failed = view.dead + view.errorLink;
  const groups: readonly Group[] = [
    { shape: 'check', tone: 'good', number: view.sent - view.waiting - failed - view.cancelled },
    { shape: 'dot', tone: 'active', number: underWay, atMost: true },
    { shape: 'clock', tone: 'quiet', number: view.waiting - underWay },
    { shape: 'cross', tone: 'bad', number: failed },
    { shape: 'slash', tone: 'quiet', number: view.cancelled },
  ];
  return groups.filter(({ number }) => number > 0);
}

function textOf({ atMost }: Group, number: string): string {
  return atMost === true ? `≤ ${number}` : number;
}

const thousands = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumSignificantDigits: 2 });

function short(number: number): string {
  return number < 1000 ? String(number) : thousands.format(number);
}

const markWidth = 14;
/** Of a character in the size of the text, and between two groups. */
const characterWidth = 6.6;
const gap = 9;

function placed<Shown extends { readonly text: string }>(
  groups: readonly Shown[],
): { readonly groups: readonly (Shown & { readonly at: number })[]; readonly end: number } {
  let end = -gap;
  const shown = groups.map((group) => {
    const at = end + gap;
    end = at + markWidth + group.text.length * characterWidth;
    return { ...group, at };
  });
  return { groups: shown, end };
}
