/** A message that waits or is in flight, as memory holds it: small, for its bytes are in the store. */
export interface Message {
  readonly id: number;
  /** Where it stands in line: lowest first. */
  readonly place: number;
  /** Milliseconds since 1970; 0 for never. */
  readonly expires: number;
  readonly group: string | undefined;
  /** The last of its group (JMSXGroupSeq:-1): the next one of that name may go to another consumer. */
  readonly closesGroup: boolean;
  /** The MESSAGE frame as imprint.ts makes it, as long as there is memory for it. */
  frame: Buffer | undefined;
}

/** Where messages can go: a queue, or a topic. */
export interface Target {
  /** As the store has it: `/queue/NAME`, `/topic/NAME`, `/remote-temp-queue/NAME`. */
  readonly address: string;
  /** The destination that its receivers see: temporary queues have a name of their own for their owners. */
  readonly shown: string;
  /** Messages are stored before they are accepted. */
  readonly isDurable: boolean;
  /** Throws what would keep a message from arriving. */
  admit(): void;
  accept(message: Message): void;
}

/** A message that was taken from its sender and is not yet in a line. */
export interface Draft {
  readonly id: number;
  readonly target: Target;
  readonly priority: number;
  /** Milliseconds since 1970 before which it is not delivered; 0 for at once. */
  readonly due: number;
  readonly expires: number;
  readonly group: string | undefined;
  readonly closesGroup: boolean;
  readonly frame: Buffer;
}

/** Distance between two priorities: 8 900 years of a thousand messages a second, and ten of them still an exact double. */
export const RANK = 2 ** 48;

/** The same message with its place after all that arrived before. */
export function reordered(place: number, order: number): number {
  return place - (place % RANK) + order;
}

/** Puts a draft in line. */
export function placed(draft: Draft, order: number): Message {
  const { id, priority, expires, group, closesGroup, frame } = draft;
  return { id, place: placeOf(priority, order), expires, group, closesGroup, frame };
}

/** The place in line: higher priorities first, within one the order of arrival. */
function placeOf(priority: number, order: number): number {
  return (9 - priority) * RANK + order;
}
