import { isObject } from '../server/types.ts';

/** A text that was changed on the page and is not saved yet: kept in the browser, so that nothing that happens to the page loses it. */
export interface Draft {
  readonly text: string;
  /** Of the file that it was made from; empty for a new recipe. */
  readonly base: string;
  /** When it was changed last. */
  readonly time: number;
}

const prefix = 'baton-recipe-draft:';

/** The draft of a recipe, if there is one. */
export function draftOf(name: string): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? 'null');
    if (!isObject(draft)) return undefined;
    const { text, base, time } = draft;
    return typeof text === 'string' && typeof base === 'string' && typeof time === 'number'
      ? { text, base, time }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it; false where the browser does not. */
export function keepDraft(name: string, draft: Draft): boolean {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(name: string): void {
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // Where nothing can be kept, nothing was.
  }
}
