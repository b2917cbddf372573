import { BatonError } from '../../core/errors.ts';
import { digest } from '../../core/json.ts';
import type { Queries } from '../../ledger/queries.ts';
import type { RunSummary } from '../../ledger/views.ts';
import type { AnnouncingSite } from '../announcing/announcing-site.ts';
import { planRerun } from '../reruns/plan.ts';
import type { RerunPreview } from '../reruns/views.ts';
import type { BulkAction, BulkItem, BulkPreview, BulkSelection } from './views.ts';

/** Runs that may be touched at a time: each takes some milliseconds, and a person has to look through them. */
const most = 200;
/** Pages of a search that seldom finds anything. */
const pagesAtMost = 100;

/** What would be done with the selected runs, one by one. Nothing is. */
export async function previewOf(
  action: BulkAction,
  selection: BulkSelection,
  queries: Queries,
  site: AnnouncingSite,
): Promise<BulkPreview> {
  const selected = selection.runs ?? matching(selection, queries);
  const ids = [...new Set(selected)];
  const items: BulkItem[] = [];
  for (const run of ids.slice(0, most)) items.push(await itemOf(run, action, queries, site));
  return { items, possible: items.filter(({ possible }) => possible).length, isCut: ids.length > most, most };
}

/** The runs that the filter finds, the newest first: one more than may be touched, if there are. */
function matching({ filter = {} }: BulkSelection, queries: Queries): readonly string[] {
  const found: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesAtMost && found.length <= most; page += 1) {
    const { items, next } = queries.runs({ ...filter, limit: most + 1, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...items.map(({ id }) => id));
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}

/** What it means for one run. */
async function itemOf(run: string, action: BulkAction, queries: Queries, site: AnnouncingSite): Promise<BulkItem> {
  const summary = queries.summary(run);
  if (!summary) return { run, possible: false, words: 'no run has this id', plan: '' };
  if (action.what === 'cancel') return { run, summary, ...cancelling(summary) };
  try {
    const { preview } = await planRerun(queries, run, action.wish, site);
    return { run, summary, possible: true, words: beginning(preview), plan: preview.plan };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { run, summary, possible: false, words: error.message, plan: '' };
  }
}

/** What waits may be done until then: that is no other plan. */
function cancelling({ id, state, waiting, isCancelling }: RunSummary): Omit<BulkItem, 'run'> {
  const plan = digest('cancel', id);
  if (state !== 'running') return { possible: false, words: `it is ${state}`, plan };
  if (isCancelling === true) return { possible: false, words: 'it is being cancelled', plan };
  return { possible: true, words: `${messages(waiting)} waiting now`, plan };
}

function beginning({ messages: count, steps, state }: RerunPreview): string {
  const to = steps.flatMap((step) =>
    step.messages > 0 ? [`${String(step.messages)} to step ${String(step.step)}`] : [],
  );
  const still = state === 'running' ? '; it is running still' : '';
  return `begins with ${messages(count)}${to.length > 0 ? `: ${to.join(', ')}` : ''}${still}`;
}

function messages(count: number): string {
  return `${String(count)} message${count === 1 ? '' : 's'}`;
}
