import type { ReactElement } from 'react';
import type { DeliveryView, RunDetail, StepView } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { count } from '../words/figures.ts';
import { overBudget } from '../words/states.ts';
import { duration } from '../words/time.ts';
import { deliveryAddress, type DeliveryFilter } from './deliveryFilter.ts';

interface Column {
  readonly name: string;
  readonly of: (step: StepView) => number;
  /** The deliveries that the number counts. */
  readonly outcome?: DeliveryView['outcome'];
  /** Shown even when every step has none. */
  readonly always?: boolean;
  readonly tone?: string;
}

const columns: readonly Column[] = [
  { name: 'sent', of: (step) => step.sent, always: true },
  { name: 'waiting', of: (step) => step.waiting, always: true, tone: 'tone-active' },
  { name: 'done', of: (step) => step.done, outcome: 'done', always: true },
  { name: 'joined', of: (step) => step.joined, outcome: 'joined' },
  { name: 'skipped', of: (step) => step.skipped, outcome: 'skipped' },
  { name: 'duplicate', of: (step) => step.duplicate, outcome: 'duplicate' },
  { name: 'late', of: (step) => step.late, outcome: 'late', tone: 'tone-warn' },
  { name: 'error link', of: (step) => step.errorLink, outcome: 'error-link', tone: 'tone-bad' },
  { name: 'dead', of: (step) => step.dead, outcome: 'dead', tone: 'tone-bad' },
  { name: 'cancelled', of: (step) => step.cancelled, outcome: 'cancelled' },
];
/** These do not end a message and so stand outside the equation. */
const asides: readonly Column[] = [
  { name: 'retries', of: (step) => step.retries, outcome: 'retry', tone: 'tone-warn' },
  { name: 'deferrals', of: (step) => step.deferrals, outcome: 'later' },
];

/** What each step made of its messages, and whether it adds up: sent = waiting + all the ways to end. Each number leads to its deliveries. */
export function Steps({ run, filter }: { readonly run: RunDetail; readonly filter: DeliveryFilter }): ReactElement {
  const isShown = (column: Column): boolean => column.always === true || run.steps.some((step) => column.of(step) > 0);
  const shown = [...columns, ...asides].filter(isShown);
  const hasBudgets = run.steps.some(({ budget }) => budget !== undefined);
  return (
    <Panel title="Steps" className="run-steps">
      {run.steps.length === 0 ? (
        <Nothing>No step has been sent anything.</Nothing>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label="Steps, scrolls sideways">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">step</th>
                <th scope="col">service</th>
                {shown.map(({ name }) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
                {hasBudgets && (
                  <th scope="col" className="number">
                    budget
                  </th>
                )}
                <th scope="col">adds up</th>
              </tr>
            </thead>
            <tbody>
              {run.steps.map((step) => (
                <tr key={step.step} aria-current={step.step === filter.step ? 'true' : undefined}>
                  <th scope="row">
                    <Link to={deliveryAddress(run.id, { step: step.step, outcome: undefined })}>{step.step}</Link>
                  </th>
                  <td title={step.queue}>
                    {step.service ?? step.queue ?? '–'}
                    {step.inferred === true && <Inferred />}
                  </td>
                  {shown.map((column) => (
                    <td key={column.name} className="number">
                      <Figure run={run} step={step} column={column} />
                    </td>
                  ))}
                  {hasBudgets && (
                    <td className="number">
                      <Budget step={step} />
                    </td>
                  )}
                  <td>
                    <Balance step={step} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

/** Its numbers are the least that must have happened. */
function Inferred(): ReactElement {
  return (
    <span
      className="inferred"
      title="The services of this step leave no records: what it did is read from the messages that came after it."
    >
      inferred
    </span>
  );
}

function Figure({
  run,
  step,
  column,
}: {
  readonly run: RunDetail;
  readonly step: StepView;
  readonly column: Column;
}): ReactElement {
  const value = column.of(step);
  if (value === 0) return <span className="soft">0</span>;
  const className = `figure ${column.tone ?? ''}`;
  if (column.outcome === undefined) return <span className={className}>{count(value)}</span>;
  return (
    <Link className={className} to={deliveryAddress(run.id, { step: step.step, outcome: column.outcome })}>
      {count(value)}
    </Link>
  );
}

/** What the step's latest delivery has used of the seconds from the announcement that the recipe gives it. */
function Budget({ step: { budget } }: { readonly step: StepView }): ReactElement | null {
  if (budget === undefined) return null;
  const { seconds, used, over } = budget;
  const text = `${used === undefined ? '' : `${duration(used * 1000)} of `}${duration(seconds * 1000)}`;
  if (!over) return <span>{text}</span>;
  return (
    <span className="state tone-warn" title={overBudget.word}>
      <Mark shape={overBudget.shape} />
      {text}
      <span className="unseen">, {overBudget.word}</span>
    </span>
  );
}

function Balance({ step }: { readonly step: StepView }): ReactElement {
  const open = step.sent - columns.slice(1).reduce((sum, column) => sum + column.of(step), 0);
  return (
    <span className={`state ${open === 0 ? 'tone-good' : 'tone-bad'}`}>
      <Mark shape={open === 0 ? 'check' : 'cross'} />
      {open === 0 ? 'yes' : `${count(Math.abs(open))} ${open > 0 ? 'missing' : 'too many'}`}
    </span>
  );
}
