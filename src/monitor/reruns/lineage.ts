import { canonical } from '../../core/json.ts';
import { valueAt } from '../../recipes/field.ts';
import { stepOf, type Recipe } from '../../recipes/recipe.ts';
import { failedPayload } from '../../recipes/route.ts';
import { readSettings, type JoinSettings } from '../../recipes/settings.ts';
import type { RunMessage, RunMessages } from '../../ledger/run-messages.ts';

/** A run whose recipe is kept. */
export type KnownRun = RunMessages & { readonly recipe: Recipe };

/** Which message of a run led to which. What a join sent comes from all its members, though only one of them is told to have sent it. */
export class Lineage {
  readonly #run: KnownRun;
  readonly #joins = new Map<number, JoinSettings | undefined>();
  readonly #children: ReadonlyMap<string, readonly RunMessage[]>;
  readonly #members: ReadonlyMap<string, readonly RunMessage[]>;
  /** Steps of which some payload is not kept, so that nobody can tell which of its joins that was for. */
  readonly #unclear: ReadonlySet<number>;

  constructor(run: KnownRun) {
    this.#run = run;
    const sent = run.messages.filter(({ sender }) => sender !== undefined);
    this.#children = Map.groupBy(sent, ({ sender }) => sender?.key ?? '');
    this.#unclear = new Set(run.messages.filter(({ payload }) => payload === undefined).map(({ step }) => step));
    const members = run.messages.filter(({ step }) => this.isJoin(step));
    this.#members = Map.groupBy(members, (member) => this.#joinOf(member));
  }

  isJoin(step: number): boolean {
    return this.#settings(step) !== undefined;
  }

  /** All messages that are handled together with this one: the members of its join, or itself alone. */
  familyOf(message: RunMessage): readonly RunMessage[] {
    return this.isJoin(message.step) ? (this.#members.get(this.#joinOf(message)) ?? []) : [message];
  }

  /** All that came of these messages, directly or through others. */
  descendantsOf(messages: Iterable<RunMessage>): ReadonlySet<RunMessage> {
    const found = new Set<RunMessage>();
    const followed = new Set<RunMessage>();
    const open = [...messages];
    for (let next = open.pop(); next; next = open.pop()) {
      if (followed.has(next)) continue;
      const family = this.familyOf(next);
      for (const member of family) followed.add(member);
      for (const child of family.flatMap(({ key }) => this.#children.get(key) ?? [])) {
        if (found.has(child)) continue;
        found.add(child);
        open.push(child);
      }
    }
    return found;
  }

  /** Names the join. Where payloads are not kept, all joins of the step count as one. */
  #joinOf({ step, payload, overErrorLink }: RunMessage): string {
    const by = this.#settings(step)?.by;
    if (!by || payload === undefined || this.#unclear.has(step)) return String(step);
    const member = overErrorLink ? failedPayload(payload) : payload;
    return `${String(step)} ${canonical(valueAt(member, by) ?? null)}`;
  }

  #settings(step: number): JoinSettings | undefined {
    if (!this.#joins.has(step)) this.#joins.set(step, readSettings(stepOf(this.#run.recipe, step) ?? {}).join);
    return this.#joins.get(step);
  }
}
