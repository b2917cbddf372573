/** What one check of `baton doctor` found. */
export interface Finding {
  readonly check: string;
  readonly state: 'pass' | 'warning' | 'error';
  readonly message: string;
  /** What to do. */
  readonly next?: string;
}
