import type { ReactElement } from 'react';
import { Link } from '../routing/Link.tsx';
import './paging.css';

interface PagingProps {
  /** The cursor of the page that is shown; absent or empty on the first. */
  readonly cursor: string | null | undefined;
  /** That of the page behind it, if there is one. */
  readonly next: string | undefined;
  /** The address of a page; of the first without cursor. */
  readonly at: (cursor?: string) => string;
  /** What the links say. */
  readonly words: { readonly first: string; readonly next: string };
  readonly label?: string;
}

/** Below a list that comes in pages: back to the first, and on to the next. Nothing where all is on one. */
export function Paging({ cursor, next, at, words, label = 'Pages of the list' }: PagingProps): ReactElement | null {
  const isFirst = (cursor ?? '') === '';
  if (isFirst && next === undefined) return null;
  return (
    <nav className="paging" aria-label={label}>
      {!isFirst && <Link to={at()}>{words.first}</Link>}
      {next !== undefined && (
        <Link className="button" to={at(next)}>
          {words.next}
        </Link>
      )}
    </nav>
  );
}
