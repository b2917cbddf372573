import { canonical, type JsonObject } from '../../core/json.ts';
import { cannotStart } from './errors.ts';
import type { ParameterChange, RerunWish } from './views.ts';

/** The parameters of a rerun: those of the run's announcement as edited, without the id of the run. Throws `reruns.cannot-start`. */
export function edited(before: JsonObject, { set = {}, unset = [] }: Pick<RerunWish, 'set' | 'unset'>): JsonObject {
  if (Object.hasOwn(set, 'guid')) throw cannotStart({ why: '"guid" is the id of the run, and each gets its own.' });
  const left = new Set([...unset, 'guid']);
  return Object.fromEntries(Object.entries({ ...before, ...set }).filter(([name]) => !left.has(name)));
}

/** In what two sets of parameters differ, but for the id of the run. */
export function changesOf(before: JsonObject, after: JsonObject): readonly ParameterChange[] {
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...all]
    .filter((name) => name !== 'guid')
    .flatMap((name): ParameterChange[] => {
      const [old, now] = [before[name], after[name]];
      if (old !== undefined && now !== undefined && canonical(old) === canonical(now)) return [];
      if (old === undefined && now === undefined) return [];
      return [{ name, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
    });
}
