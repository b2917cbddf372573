import { encode } from '../stomp/encode.ts';
import { headerText } from './imprint.ts';
import type { Queue } from './queue.ts';
import type { Selector } from './selector/selector.ts';
import type { Recipient, SubscriptionOptions } from './subscription.ts';

type BrowseOptions = Pick<SubscriptionOptions, 'id' | 'selector'>;

/** Copies made at a time, between which others are served. */
const PAGE = 50;

/** A subscription with `browser:true`: copies of all messages of a queue, waiting and in flight, then a last empty one. */
export class Browse {
  readonly #id: string;
  readonly #selector: Selector | undefined;
  readonly #queue: Queue;
  readonly #recipient: Recipient;
  readonly #wake: (browse: Browse) => void;
  #place = -1;
  #isDone = false;

  constructor({ id, selector }: BrowseOptions, queue: Queue, recipient: Recipient, wake: (browse: Browse) => void) {
    this.#id = id;
    this.#selector = selector;
    this.#queue = queue;
    this.#recipient = recipient;
    this.#wake = wake;
  }

  /** Writes as many copies as the connection takes. */
  dispatch(): void {
    if (this.#isDone || this.#recipient.isChoked) return;
    const copies = this.#queue.browse(this.#place, PAGE);
    for (const { place, frame } of copies) {
      this.#place = place;
      if (this.#selector?.takes(frame, false) ?? true) {
        this.#recipient.deliver(headerText({ subscription: this.#id }), frame);
      }
    }
    if (copies.length === PAGE) this.#wake(this);
    else this.#finish();
  }

  wake(): void {
    this.#wake(this);
  }

  end(): void {
    this.#isDone = true;
  }

  #finish(): void {
    this.#isDone = true;
    const headers = { 'message-id': '0', destination: this.#queue.shown, browser: 'end' };
    const frame = encode({ command: 'MESSAGE', headers, body: Buffer.alloc(0) });
    this.#recipient.deliver(headerText({ subscription: this.#id }), frame);
  }
}
