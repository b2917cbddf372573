import type { ComponentProps, MouseEvent, ReactElement } from 'react';
import { go } from './place.ts';

/** A link within the page: a real one, that opens elsewhere when the reader asks for it, and needs no reload when not. */
export function Link({
  to,
  ...rest
}: { readonly to: string } & Omit<ComponentProps<'a'>, 'href' | 'onClick'>): ReactElement {
  return <a {...rest} href={to} onClick={(event) => follow(event, to)} />;
}

/** Follows a click to an address of this page unless it asks for a new tab, a window or a download. */
export function follow(event: MouseEvent, to: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const stays = to.split('?')[0] === location.pathname;
  go(to);
  if (!stays) window.scrollTo(0, 0);
}
