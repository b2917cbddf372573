import type { ReactElement } from 'react';
import type { AuditEntry } from '../../../src/monitor/api.ts';
import { Link } from '../routing/Link.tsx';
import { placeOf } from './place.ts';

/** Who did what to what, why, and what came of it, in a line. */
export function Deed({ entry }: { readonly entry: AuditEntry }): ReactElement {
  const { who, action, reason, outcome } = entry;
  return (
    <>
      <strong>{who}</strong> {action} <Subject entry={entry} />
      {reason !== undefined && <>: {reason}</>}
      {outcome !== undefined && <span className="soft"> → {outcome}</span>}
    </>
  );
}

/** What it was done to, as a link where the page shows it. */
export function Subject({ entry }: { readonly entry: AuditEntry }): ReactElement {
  const place = placeOf(entry);
  if (place === undefined) return <>{entry.subject}</>;
  // To a part of the overview the browser goes by itself, and marks it.
  return place.startsWith('/#') ? <a href={place}>{entry.subject}</a> : <Link to={place}>{entry.subject}</Link>;
}
