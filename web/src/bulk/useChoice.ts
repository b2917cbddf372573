import { useCallback, useMemo, useState } from 'react';
import type { RunSummary } from '../../../src/monitor/api.ts';
import type { Choosing } from '../runs/RunTable.tsx';
import { useMayAct } from '../session/context.ts';

/** Which runs of a list are chosen. */
export interface Choice extends Choosing {
  readonly clear: () => void;
}

/** The runs that are chosen of those shown; undefined for who may do nothing with them. Another filter or page begins anew. */
export function useChoice(shown: readonly RunSummary[], query: URLSearchParams): Choice | undefined {
  const mayAct = useMayAct();
  const place = query.toString();
  const [kept, keep] = useState<{ readonly place: string; readonly ids: ReadonlySet<string> }>({
    place,
    ids: new Set(),
  });
  const chosen = useMemo(() => (kept.place === place ? kept.ids : new Set<string>()), [kept, place]);
  const toggle = useCallback(
    (run: string) =>
      keep((before) => {
        const ids = new Set(before.place === place ? before.ids : []);
        if (!ids.delete(run)) ids.add(run);
        return { place, ids };
      }),
    [place],
  );
  const clear = useCallback(() => keep({ place, ids: new Set() }), [place]);
  if (!mayAct) return undefined;
  const isAll = shown.every(({ id }) => chosen.has(id));
  const toggleAll = (): void => keep({ place, ids: new Set(isAll ? [] : shown.map(({ id }) => id)) });
  return { chosen, toggle, toggleAll, clear };
}
