import type { ReactElement } from 'react';
import type { ParameterChange, RerunPreview, RerunStep } from '../../../src/monitor/api.ts';
import type { Json } from '../server/types.ts';
import { bytes, plural } from '../words/figures.ts';

/** Exactly what would start. */
export function Planned({ preview }: { readonly preview: RerunPreview }): ReactElement {
  const { steps, messages, begins, changes, notes, wish, recipes, priority } = preview;
  const following = steps.filter((step) => step.follows && step.messages === 0);
  return (
    <>
      <h3>What would start</h3>
      <p>
        A new run that begins with {plural(messages, 'message')}, at priority {priority}, with{' '}
        {recipes
          .map(
            ({ name, stored, current }) =>
              `${name} ${(wish.recipe === 'stored' ? stored : (current ?? stored)).slice(0, 10)}`,
          )
          .join(', ')}
        {changes.length === 0 && ', and the parameters as they were'}.
      </p>
      <ul className="planned-steps">
        {steps
          .filter((step) => step.messages > 0)
          .map((step) => (
            <li key={step.step}>
              {plural(step.messages, 'message')} to {named(step)}
            </li>
          ))}
        {following.length > 0 && <li className="soft">then {following.map(named).join(', ')}</li>}
      </ul>
      {changes.length > 0 && <Changes changes={changes} />}
      {notes.map((note) => (
        <p key={note} className="planned-note">
          {note}
        </p>
      ))}
      {begins.length > 0 && (
        <details>
          <summary>
            {messages > begins.length ? `The first ${String(begins.length)} of its messages` : 'Its messages'}
          </summary>
          <ol className="planned-messages" tabIndex={0} aria-label="Messages that the run begins with">
            {begins.map(({ step, payload, bytes: size, overErrorLink }, index) => (
              <li key={index}>
                step {step}
                {overErrorLink === true && ' (a failure)'} <code>{cut(payload)}</code>{' '}
                <span className="soft">{bytes(size)}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function Changes({ changes }: { readonly changes: readonly ParameterChange[] }): ReactElement {
  return (
    <dl className="planned-changes">
      {changes.map(({ name, before, after }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            {before === undefined ? <i className="soft">nothing</i> : <del>{cut(before)}</del>} →{' '}
            {after === undefined ? <i className="soft">nothing</i> : <ins>{cut(after)}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function named({ step, service, queue }: RerunStep): string {
  return `step ${String(step)}, ${service ?? queue ?? 'a topic'}`;
}

function cut(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
