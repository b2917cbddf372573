import { addressOf } from '../routing/place.ts';

/** What the list of groups can be narrowed by; the same names stand in the page's address and in the question to the monitor. */
export type FailedFilter = 'state' | 'order' | 'text' | 'service' | 'code' | 'recipe' | 'run' | 'queue';

const names: readonly FailedFilter[] = ['state', 'order', 'text', 'service', 'code', 'recipe', 'run', 'queue'];
const pageLength = 50;

/** The question to the monitor that belongs to the page's query. */
export function failedPath(query: URLSearchParams): string {
  const asked = new URLSearchParams({ limit: String(pageLength) });
  for (const name of [...names, 'cursor']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  return `/api/failed?${asked.toString()}`;
}

/** The page's address with one condition changed; the list then begins anew. */
export function withFailedFilter(query: URLSearchParams, name: FailedFilter, value: string): string {
  const changed = new URLSearchParams(query);
  changed.delete('cursor');
  changed.set(name, value);
  return addressOf('/failed', changed);
}

/** True when something narrows the list beside the state and the order. */
export function isNarrowed(query: URLSearchParams): boolean {
  return names.some((name) => name !== 'state' && name !== 'order' && query.has(name));
}

/** The address of a group. */
export function groupAddress(id: string): string {
  return `/failed/${encodeURIComponent(id)}`;
}
