import { randomBytes } from 'node:crypto';
import type { LiveEvent } from './api.ts';

/** Characters of events that are kept: at 500 events a second those of some ten seconds. */
const keptAtMost = 4 * 2 ** 20;

/** The latest events as they were sent, for those who lost their connection. */
export class RecentEvents {
  /** Ids of another monitor, or of this one before it was started again, are none of these. */
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #texts: string[] = [];
  #number = 0;
  #size = 0;

  /** The id of the last event. */
  get lastId(): string {
    return `${this.#epoch}-${String(this.#number)}`;
  }

  /** Numbers the events, keeps them, and returns them as they are sent. */
  add(events: readonly LiveEvent[]): string {
    const texts = events.map((event) => {
      this.#number += 1;
      return textOf(event, this.lastId);
    });
    for (const text of texts) this.#size += text.length;
    this.#texts.push(...texts);
    let old = 0;
    for (; this.#size > keptAtMost; old += 1) this.#size -= this.#texts[old]?.length ?? 0;
    this.#texts.splice(0, old);
    return texts.join('');
  }

  /** What was sent after the event of that id; undefined when that is no longer known, or never was. */
  after(id: string): string | undefined {
    const [, epoch, number = ''] = /^([0-9a-f]{1,20})-(\d{1,15})$/.exec(id) ?? [];
    const missed = this.#number - Number(number);
    if (epoch !== this.#epoch || missed < 0 || missed > this.#texts.length) return undefined;
    return this.#texts.slice(this.#texts.length - missed).join('');
  }

  /** Nobody may come back to what was: something has been left out since. */
  forget(): void {
    this.#texts.length = 0;
    this.#size = 0;
    this.#number += 1;
  }
}

/** An event as it is sent. */
export function textOf(event: LiveEvent, id: string): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
