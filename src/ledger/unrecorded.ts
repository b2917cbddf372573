import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isObject, type Json } from '../core/json.ts';
import type { Client } from '../stomp/client.ts';
import { waiting, type StepTallies } from './states.ts';
import { selectSteps } from './tables/steps.ts';

/** A run, and the announcement that started it, by their numbers in the store. */
export interface RunInStore {
  readonly seq: number;
  readonly announcement: number | null;
}

/** What is known of messages that wait where no records come from: their consumers may be services in other languages, or nobody. */
export class Unrecorded {
  readonly #client: Client;
  readonly #steps: StatementSync;
  readonly #recipe: StatementSync;
  readonly #recorded: StatementSync;

  constructor(client: Client, database: DatabaseSync) {
    this.#client = client;
    this.#steps = database.prepare(selectSteps);
    this.#recipe = database.prepare('SELECT recipe FROM announcements WHERE seq = ?');
    this.#recorded = database.prepare('SELECT 1 FROM recorded_queues WHERE queue = ?');
  }

  /** The queues in which messages of a run wait; `undefined` stands for those of steps that leave records. */
  queuesOf({ seq, announcement }: RunInStore): readonly (string | undefined)[] {
    const recipe = announcement === null ? {} : this.#recipeOf(announcement);
    const steps = this.#steps.all(seq) as unknown as readonly StepTallies[];
    return steps.flatMap((step) => {
      if (waiting(step) <= 0) return [];
      const queue = queueOf(recipe, step);
      if (step.records > 0 || (queue !== undefined && this.#recorded.get(queue) !== undefined)) return [undefined];
      return queue === undefined ? [] : [queue];
    });
  }

  /** True when the broker still has a message in the queue, be it another run's. */
  async isHeld(queue: string): Promise<boolean> {
    const copies = this.#client.browse(this.#client.queue(queue));
    try {
      return (await copies.next()).done !== true;
    } finally {
      await copies.return();
    }
  }

  #recipeOf(announcement: number): Json {
    const text = this.#recipe.get(announcement)?.['recipe'];
    return typeof text === 'string' ? (JSON.parse(text) as Json) : {};
  }
}

/** The queue that a recipe has for a step. */
export function queueOf(recipe: Json, { step }: Pick<StepTallies, 'step'>): string | undefined {
  const found = isObject(recipe) ? recipe[String(step)] : undefined;
  return isObject(found) && typeof found['queue'] === 'string' ? found['queue'] : undefined;
}
