import { names } from '../../services/names.ts';
import { runOfKey, start } from '../announcing/start.ts';
import type { Site } from '../site.ts';
import type { RerunPlan } from './plan.ts';
import type { StartedView } from './views.ts';

/** Starts what was planned. The key names the new run: whoever sends the same twice starts one. */
export async function startRerun(
  site: Site,
  { message, preview }: RerunPlan,
  key: string,
  who: string,
): Promise<StartedView> {
  const { run: of, wish } = preview;
  const { priority } = wish;
  const run = runOfKey(key, of);
  const asked = { queue: names.reruns, message, run, who, lane: 'reprocessing' } as const;
  const started = await start(site, { ...asked, ...(priority === undefined ? {} : { priority }) });
  // The same was asked for before: that is the run that was meant.
  const isOwn = started.status === 'duplicate' && site.ledger.queries.summary(run)?.rerunOf === of;
  return isOwn ? { run, status: 'accepted' } : started;
}
