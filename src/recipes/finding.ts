/** What a reader or the linter found at one place of a recipe file. Lines and columns count from 1. */
export interface Finding {
  /** Stable id; its documentation page has the same name. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly line: number;
  readonly column: number;
  /** What is there, as a sentence. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string;
}
