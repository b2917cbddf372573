import { useSyncExternalStore } from 'react';

/** Where the reader is: the path and what stands behind the question mark. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const subscribers = new Set<() => void>();

/** The place in the address bar; the component draws again when it changes. */
export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const [path = '/', query = ''] = address.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

/** Goes to an address of this page. `replace` leaves no entry in the history, for filters that change with each key. */
export function go(address: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  for (const subscriber of subscribers) subscriber();
}

/** The address of a path with a query; empty values are left out. */
export function addressOf(path: string, query: URLSearchParams): string {
  const filled = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  return filled.size === 0 ? path : `${path}?${filled.toString()}`;
}

/** Of a list that comes in pages the address of one; of the first without cursor. */
export function pageAddress(path: string, query: URLSearchParams, cursor = ''): string {
  const changed = new URLSearchParams(query);
  changed.set('cursor', cursor);
  return addressOf(path, changed);
}

function subscribe(subscriber: () => void): () => void {
  subscribers.add(subscriber);
  window.addEventListener('popstate', subscriber);
  return () => {
    subscribers.delete(subscriber);
    window.removeEventListener('popstate', subscriber);
  };
}
