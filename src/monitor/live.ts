import type { Writable } from 'node:stream';
import type { LiveEvent } from './api.ts';
import { RecentEvents, textOf } from './recent-events.ts';

export interface LiveOptions {
  /** Everything as it stands, for those who join or have missed something. */
  readonly snapshot: () => LiveEvent;
  /** How many may listen at the same time. */
  readonly streams: number;
}

/** Milliseconds between two writes: below what an eye notices, and 500 events a second become ten writes. */
const gathering = 100;
/** What happens together after a while without news is gathered for so long (ms), and told at once. */
const together = 5;
/** Comments keep connections open through proxies, and show which are dead. */
const heartbeat = 10_000;
/** Bytes not yet taken by a listener beyond which it gets nothing more until they are: of some hundred that stand still 30 MB. */
const backlog = 64 * 1024;
/** A listener that takes nothing for so long (ms) is dropped; its page connects again and gets a snapshot. */
const patience = 30_000;
/** More different news than this at once, and a snapshot is shorter. */
const newsAtMost = 1_000;
/** So long (ms) after the last listener left, what happens is kept for its return. */
const absence = 60_000;

/** One who listens. */
interface Listener {
  readonly stream: Writable;
  /** Whether it still may: a session ends, a token is revoked. */
  readonly mayListen: () => boolean;
  /** Since when news was withheld from it; undefined when it has had all. */
  behindSince: number | undefined;
}

/**
 * Sends what happens to all who listen on `/api/events`. Of several news of the same thing only the last is sent, and
 * nothing is stored for the slow: who cannot take the news gets, once it can, a snapshot in place of what it missed. Who
 * comes back with the id of the last event it has had gets those after it, while they are kept, and else a snapshot, too.
 */
export class Live {
  readonly #options: LiveOptions;
  readonly #listeners = new Set<Listener>();
  readonly #news = new Map<string | symbol, LiveEvent>();
  #flushing: NodeJS.Timeout | undefined;
  #flushed = -Infinity;
  #beating: NodeJS.Timeout | undefined;
  readonly #recent = new RecentEvents();
  #leftAt = -Infinity;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get isFull(): boolean {
    return this.#listeners.size >= this.#options.streams;
  }

  start(): void {
    this.#beating = setInterval(() => this.#beat(), heartbeat);
  }

  /** Ends all streams. */
  stop(): void {
    clearInterval(this.#beating);
    clearTimeout(this.#flushing);
    for (const { stream } of this.#listeners) stream.end();
    this.#listeners.clear();
  }

  /** Sends the event soon, unless a later one of the same thing takes its place. */
  publish(event: LiveEvent): void {
    if (this.#listeners.size === 0 && performance.now() - this.#leftAt > absence) return this.#recent.forget();
    const subject = subjectOf(event);
    // Put last again: the order of what is sent is that of what happened last.
    this.#news.delete(subject);
    this.#news.set(subject, event);
    const rest = this.#flushed + gathering - performance.now();
    this.#flushing ??= setTimeout(() => this.#flush(), Math.max(rest, together));
  }

  /** Sends everything anew: for changes that no event tells of. */
  refresh(): void {
    this.publish(this.#options.snapshot());
  }

  /**
   * Sends the stream a snapshot, or what came after the event of the id `last`, and from then on what happens, until it
   * closes or may listen no more.
   */
  join(stream: Writable, mayListen: () => boolean = () => true, last?: string): void {
    const listener: Listener = { stream, mayListen, behindSince: undefined };
    this.#listeners.add(listener);
    const leave = (): void => this.#leave(listener);
    stream.once('close', leave);
    // Whoever left in the middle of a write: the stream closes next.
    stream.on('error', leave);
    const missed = last === undefined ? undefined : this.#recent.after(last);
    stream.write(missed === undefined ? this.#snapshot() : `: resumed\n\n${missed}`);
  }

  #leave(listener: Listener): void {
    if (this.#listeners.delete(listener)) this.#leftAt = performance.now();
  }

  #flush(): void {
    this.#flushing = undefined;
    this.#flushed = performance.now();
    const events = this.#news.size > newsAtMost ? [this.#options.snapshot()] : [...this.#news.values()];
    this.#news.clear();
    // Once for all: each of 200 listeners would have the text encoded anew.
    const bytes = Buffer.from(this.#recent.add(events));
    for (const listener of this.#listeners) this.#send(listener, bytes);
  }

  #send(listener: Listener, bytes: Buffer): void {
    if (listener.stream.writableLength > backlog) listener.behindSince ??= performance.now();
    else if (listener.behindSince === undefined) listener.stream.write(bytes);
    else this.#catchUp(listener);
  }

  #catchUp(listener: Listener): void {
    listener.behindSince = undefined;
    listener.stream.write(this.#snapshot());
  }

  #beat(): void {
    for (const listener of this.#listeners) {
      const { stream, mayListen, behindSince } = listener;
      if (!mayListen()) stream.end();
      else if (behindSince === undefined) stream.write(': still here\n\n');
      else if (stream.writableLength <= backlog) this.#catchUp(listener);
      else if (performance.now() - behindSince > patience) stream.destroy();
    }
  }

  /** For one listener: it has then had all that was sent before. */
  #snapshot(): string {
    return textOf(this.#options.snapshot(), this.#recent.lastId);
  }
}

/** What an event is about: of the same thing only the last news counts. Each result is a thing of its own. */
function subjectOf(event: LiveEvent): string | symbol {
  switch (event.type) {
    case 'run':
      return `run ${event.run.id}`;
    case 'service':
      return `service ${event.service.host} ${event.service.service} ${event.service.serviceClass}`;
    case 'result':
      return Symbol('result');
    case 'backfill':
      return `backfill ${event.backfill.id}`;
    case 'logs':
      return `logs ${event.runs.join(' ')}`;
    case 'snapshot':
    case 'queues':
    case 'jobs':
    case 'health':
    case 'announcements':
    case 'failed':
      return event.type;
    default:
      return event satisfies never;
  }
}
