import type { Message } from './message.ts';

/** Memory for the frames of stored messages that wait, so that those delivered soon are not read from the store. */
export class FrameCache {
  #free: number;

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
}
