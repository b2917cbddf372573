import type { ReactElement } from 'react';
import type { AnnouncementPreview } from '../../../src/monitor/api.ts';
import { Mark } from '../parts/Mark.tsx';
import { plural } from '../words/figures.ts';

/** What the dispatcher would make of the announcement. */
export function Expected({ preview }: { readonly preview: AnnouncementPreview }): ReactElement {
  const { refused, recipes, rules, waits, steps, messages, findings } = preview;
  const starting = steps.filter((step) => step.messages > 0);
  return (
    <>
      {refused === undefined ? (
        <p>
          <strong>It would be accepted.</strong>{' '}
          {recipes.length === 0
            ? 'There is nothing to run.'
            : `${recipes.join(' + ')} would begin with ${plural(messages, 'message')}: ${starting
                .map(
                  ({ step, service, queue, messages: count }) =>
                    `${String(count)} to step ${String(step)}, ${service ?? queue ?? 'a topic'}`,
                )
                .join('; ')}.`}
          {waits.length > 0 && ` It would wait for ${waits.join(', ')}.`}
        </p>
      ) : (
        <p className="expected-refused">
          <strong>It would be refused:</strong> {refused.reason} {refused.next}
        </p>
      )}
      {rules.length > 0 && (
        <ul className="expected-rules">
          {rules.map(({ rule, fires, recipes: chosen, reasons }) => (
            <li key={rule}>
              <span className={fires ? 'tone-good expected-mark' : 'tone-quiet expected-mark'}>
                <Mark shape={fires ? 'check' : 'slash'} />
              </span>
              <span>
                <b>{rule}</b>{' '}
                {fires ? (
                  `fires: ${chosen.length === 0 ? 'nothing to run' : chosen.join(', ')}`
                ) : (
                  <span className="soft">does not fire: {reasons.join(', ')}</span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {findings.length > 0 && (
        <ul className="expected-findings">
          {findings.map(({ recipe, rule, severity, message, hint, line }, index) => (
            <li
              key={index}
              className={severity === 'error' ? 'tone-bad' : severity === 'warning' ? 'tone-warn' : 'tone-quiet'}
            >
              <span className="expected-mark">
                <Mark shape={severity === 'error' ? 'cross' : severity === 'warning' ? 'triangle' : 'info'} />
              </span>
              <span>
                {severity} in {recipe}, line {line}: {message}{' '}
                <span className="soft">
                  {hint} ({rule})
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
