import type { RerunWish } from '../../../src/monitor/api.ts';
import { asked, type Edits } from '../parameters/edit.ts';
import type { ParameterField } from '../../../src/monitor/api.ts';

/** What somebody has chosen in the dialog. */
export interface Choice {
  readonly part: RerunWish['part'];
  readonly step: number | undefined;
  readonly recipe: RerunWish['recipe'];
  readonly priority: number;
  readonly edits: Edits;
}

/** Behind live work. */
export const usualPriority = 2;

/** The wish that the choice stands for; undefined while it says too little, or something wrong. */
export function wishOf(
  { part, step, recipe, priority, edits }: Choice,
  fields: readonly ParameterField[],
): RerunWish | undefined {
  const { set, unset, wrong } = asked(edits, fields);
  if (wrong.length > 0 || (part === 'from' && step === undefined)) return undefined;
  return {
    part,
    recipe,
    ...(part === 'from' && step !== undefined ? { step } : {}),
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(unset.length === 0 ? {} : { unset }),
    ...(priority === usualPriority ? {} : { priority }),
  };
}
