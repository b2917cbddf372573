import type { Site } from '../site.ts';

/** One value, by its labels. */
export type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric at `/metrics`: what it is, and where it is read. Documents and the registry are made of this. */
export interface Figure {
  /** With its unit, as Prometheus has it: `_seconds`, `_bytes`, `_ratio`, `_total` for what only grows. */
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** What each label is one of: that bounds how many series there are. */
  readonly labels: Readonly<Record<string, string>>;
  /** At a moment; those that matter most come first, because of more than are allowed the last are left out. */
  readonly read: (site: Site) => readonly Value[];
}

/** A figure without labels. */
export function single(
  name: string,
  help: string,
  read: (site: Site) => number | undefined,
  kind: Figure['kind'] = 'gauge',
): Figure {
  const values = (value: number | undefined): readonly Value[] => (value === undefined ? [] : [[{}, value]]);
  return { name, kind, help, labels: {}, read: (site) => values(read(site)) };
}
