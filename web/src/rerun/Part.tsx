import type { ReactElement } from 'react';
import type { RunDetail, StepView } from '../../../src/monitor/api.ts';
import { plural } from '../words/figures.ts';
import type { Choice } from './wish.ts';

interface PartProps {
  readonly run: RunDetail;
  readonly choice: Choice;
  readonly onChange: (changed: Partial<Choice>) => void;
}

/** Which part of the run: what failed, what follows from a step, or all. */
export function Part({ run, choice, onChange }: PartProps): ReactElement {
  const steps = run.steps.filter(({ sent }) => sent > 0);
  const first = steps[0]?.step;
  return (
    <fieldset className="choices">
      <legend>What</legend>
      <label>
        <input
          type="radio"
          name="part"
          checked={choice.part === 'failed'}
          onChange={() => onChange({ part: 'failed' })}
        />
        <span>
          Only what failed <small className="soft">{failedWords(run)}</small>
        </span>
      </label>
      <label>
        <input
          type="radio"
          name="part"
          checked={choice.part === 'from'}
          disabled={first === undefined}
          onChange={() => onChange({ part: 'from', step: choice.step ?? first })}
        />
        <span>From a step on</span>
      </label>
      {choice.part === 'from' && (
        <select
          aria-label="From which step"
          value={choice.step}
          onChange={(event) => onChange({ step: Number(event.target.value) })}
        >
          {steps.map((step) => (
            <option key={step.step} value={step.step}>
              {stepWords(step)}
            </option>
          ))}
        </select>
      )}
      <label>
        <input
          type="radio"
          name="part"
          checked={choice.part === 'whole'}
          onChange={() => onChange({ part: 'whole' })}
        />
        <span>The whole run</span>
      </label>
    </fieldset>
  );
}

function failedWords({ failed, waiting, steps }: RunDetail): string {
  const cancelled = steps.reduce((sum, step) => sum + step.cancelled, 0);
  const words = [
    ...(failed > 0 ? [`${plural(failed, 'message')} failed`] : []),
    ...(cancelled > 0 ? [`${plural(cancelled, 'was', 'were')} cancelled`] : []),
    ...(waiting > 0 ? [`${plural(waiting, 'waits', 'wait')}`] : []),
  ];
  return words.length === 0 ? 'nothing did' : words.join(', ');
}

function stepWords({ step, service, queue, sent }: StepView): string {
  return `step ${String(step)}, ${service ?? queue ?? 'a topic'}: ${plural(sent, 'message')}`;
}
