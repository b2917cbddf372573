import type { ReactElement } from 'react';
import type { StateWord } from '../words/states.ts';
import { Mark } from './Mark.tsx';
import './state.css';

/** A state: its shape and its word, in its tone. */
export function State({ state }: { readonly state: StateWord }): ReactElement {
  return (
    <span className={`state tone-${state.tone}`}>
      <Mark shape={state.shape} />
      <span>{state.word}</span>
    </span>
  );
}
