import type { Letter } from './letter.ts';
import { viewOf } from './letter.ts';

/** Which dead letters of a queue are meant; what is absent does not matter. */
export interface Selection {
  readonly step?: number | undefined;
  readonly code?: string | undefined;
  /** The beginning of the hash of what their recipe was made from. */
  readonly version?: string | undefined;
}

/** Tells whether a letter is meant; undefined when all are. */
export function selects({ step, code, version }: Selection): ((letter: Letter) => boolean) | undefined {
  if (step === undefined && code === undefined && version === undefined) return undefined;
  return (letter) => {
    const view = viewOf(letter);
    return (
      (step === undefined || view.step === step) &&
      (code === undefined || view.code === code) &&
      (version === undefined || view.version?.startsWith(version) === true)
    );
  };
}
