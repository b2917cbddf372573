import { linkedSteps, stepNumbers, stepOf, targetList, type Recipe } from '../../recipes/recipe.ts';
import { walk } from '../../recipes/graph.ts';
import type { RunMessage } from '../../ledger/run-messages.ts';
import { notKept, nothingToRerun } from './errors.ts';
import { Lineage, type KnownRun } from './lineage.ts';

/** Which part of a run is repeated. */
export type Part = { readonly part: 'failed' } | { readonly part: 'from'; readonly step: number };

/**
 * The messages that a new run has to begin with to repeat a part of this one: see docs/adr/0020. They are such that what
 * they lead to reaches every join with all members that it needs, and nothing is done twice. Throws `reruns.not-kept` and
 * `reruns.nothing-left`.
 */
export function messagesOf(run: KnownRun, part: Part): readonly RunMessage[] {
  const chosen = part.part === 'failed' ? failedOf(run) : sentTo(run, part.step);
  const missing = [...removed(run), ...unknown(chosen)];
  if (missing.length > 0) throw notKept({ run: run.run, why: `${missing.slice(0, 5).join('; ')}.` });
  return chosen;
}

/** What ended badly or not at all, but for what led from something else that did: that is made anew. */
function failedOf(run: KnownRun): readonly RunMessage[] {
  const lineage = new Lineage(run);
  const failed = new Set(run.messages.filter((message) => isFailed(message, run)));
  // Who came too late is missing in what the join told, but only if the join failed: one that was complete needs nobody.
  for (const message of run.messages) {
    const isMissed = message.fate === 'late' && lineage.familyOf(message).some((other) => failed.has(other));
    if (isMissed) failed.add(message);
  }
  const anew = lineage.descendantsOf(failed);
  const chosen = [...failed].filter((message) => !anew.has(message));
  if (chosen.length === 0) throw nothingToRerun({ run: run.run, why: 'all its messages ended well.' });
  return chosen;
}

/** A message to a service that leaves no records may have been done: an inferred run takes it for that. */
function isFailed({ fate, step }: RunMessage, { inferred, steps }: KnownRun): boolean {
  if (fate === undefined) return !inferred || steps.get(step)?.leavesRecords === true;
  return fate === 'dead' || fate === 'error-link' || fate === 'cancelled';
}

/** What the step was sent by others than itself, and what joins further on were sent that does not come from there. */
function sentTo(run: KnownRun, step: number): readonly RunMessage[] {
  const lineage = new Lineage(run);
  const isFirst = ({ sender }: RunMessage): boolean => sender?.step !== step;
  const chosen = new Set(run.messages.filter((message) => message.step === step && isFirst(message)));
  if (chosen.size === 0) throw nothingToRerun({ run: run.run, why: `step ${String(step)} was sent no messages.` });
  const joins = [...reachableFrom(run.recipe, step)].filter((each) => each !== step && lineage.isJoin(each));
  for (;;) {
    const anew = lineage.descendantsOf(chosen);
    const needed = run.messages.find(
      (message) =>
        joins.includes(message.step) &&
        !chosen.has(message) &&
        !anew.has(message) &&
        lineage.familyOf(message).some((other) => anew.has(other) || other.fate !== 'joined'),
    );
    if (!needed) return [...chosen];
    for (const member of lineage.familyOf(needed)) if (!anew.has(member)) chosen.add(member);
  }
}

/** All steps to which messages may go from there, over whatever links. */
function reachableFrom(recipe: Recipe, from: number): ReadonlySet<number> {
  const graph = stepNumbers(recipe).map((number): [number, readonly number[]] => {
    const { output, error } = stepOf(recipe, number) ?? {};
    const linked = [...linkedSteps(output), ...linkedSteps(error)].flatMap(([, steps]) => steps);
    return [number, error === undefined ? [...linked, ...targetList(recipe.error ?? null)] : linked];
  });
  return walk(new Map(graph), [from]).reached;
}

/** What of the run is not written down any more: then nobody can say what failed, or what a step was sent. */
function removed({ steps, inferred }: KnownRun): readonly string[] {
  if (inferred) return [];
  return [...steps].flatMap(([step, { sent, known }]) =>
    known < sent ? [`of ${String(sent)} messages to step ${String(step)} only ${String(known)} are written down`] : [],
  );
}

/** Messages without their payloads, by step and by why. */
function unknown(messages: readonly RunMessage[]): readonly string[] {
  const without = messages.filter(({ payload }) => payload === undefined);
  const reasons = Map.groupBy(without, (message) => `${whyUnknown(message)} step ${String(message.step)}`);
  return Array.from(reasons, ([, those]) => {
    const [first] = those;
    if (!first) return '';
    const bytes = those.flatMap((each) => each.bytes ?? []);
    const size = bytes.length > 0 ? `, of up to ${String(Math.max(...bytes))} bytes,` : '';
    const many = those.length === 1 ? 'the payload of 1 message' : `the payloads of ${String(those.length)} messages`;
    return `${many} to step ${String(first.step)}${size} ${whyUnknown(first)}`;
  });
}

function whyUnknown({ hash, bytes }: RunMessage): string {
  if (hash !== undefined) return 'were too large to be kept';
  return bytes === undefined ? 'were sent by a service that leaves no records' : 'were removed since';
}
