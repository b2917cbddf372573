import { useEffect, type RefObject } from 'react';

/** What a reader moves a page with. */
const moves = ['wheel', 'pointerdown', 'touchstart', 'keydown'] as const;

/**
 * Brings the part into view that the address names behind `#`. It stays there until the reader moves the page: what
 * stands before it may come after it.
 */
export function useNamed(id: string | undefined, part: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (id === undefined || location.hash !== `#${id}`) return;
    const sizes = new ResizeObserver(() => part.current?.scrollIntoView());
    sizes.observe(document.body);
    const reader = new AbortController();
    const leave = (): void => {
      sizes.disconnect();
      reader.abort();
    };
    for (const move of moves) window.addEventListener(move, leave, { signal: reader.signal, passive: true });
    return leave;
  }, [id, part]);
}
