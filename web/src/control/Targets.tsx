import type { ReactElement } from 'react';
import type { OrderTarget } from '../../../src/monitor/api.ts';
import { State } from '../parts/State.tsx';
import type { StateWord } from '../words/states.ts';

/** The services that an order touches, each with its state. */
export function Targets<Target extends OrderTarget>({
  title,
  targets,
  stateOf,
  none,
}: {
  readonly title: string;
  readonly targets: readonly Target[];
  readonly stateOf: (target: Target) => StateWord;
  readonly none: string;
}): ReactElement {
  return (
    <section className="targets" aria-label={title}>
      <p>
        <strong>{title}</strong>
      </p>
      {targets.length === 0 && <p className="soft">{none}</p>}
      <ul>
        {targets.map((target) => (
          <li key={`${target.host} ${target.service} ${target.serviceClass}`}>
            <span className="targets-name">
              {target.service} <span className="soft">on {target.host}</span>
            </span>
            <State state={stateOf(target)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
