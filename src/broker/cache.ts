import type { Message } from './message.ts';

/** Entries in line, of some 120 bytes each, up to which queues keep pages of full length. */
const AMPLE_ENTRIES = 100_000;

/** What all queues together have in memory of messages that are in the store: frames, so that those delivered soon are not read again, and entries. */
export class FrameCache {
  #free: number;
  #entries = 0;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Keeps the frame of a message that was just stored, if there is room. */
  admit(message: Message): void {
    const bytes = message.frame?.length ?? 0;
    if (bytes <= this.#free) this.#free -= bytes;
    else message.frame = undefined;
  }

  /** Forgets the frame. */
  release(message: Message): void {
    this.#free += message.frame?.length ?? 0;
    message.frame = undefined;
  }

  /** So many more, or less, stand in a line in memory. */
  count(entries: number): void {
    this.#entries += entries;
  }

  /** So many stand in lines, as in those of a thousand queues, that each line should be short. */
  get isCrowded(): boolean {
    return this.#entries > AMPLE_ENTRIES;
  }
}
