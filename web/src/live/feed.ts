import type { LiveEvent } from '../../../src/monitor/api.ts';
import { LiveState, type Live } from './live.ts';

const eventTypes: readonly LiveEvent['type'][] = [
  'snapshot',
  'service',
  'queues',
  'jobs',
  'run',
  'result',
  'health',
  'announcements',
  'failed',
  'backfill',
  'logs',
];

/** Silent for so long, the feed is opened anew: a connection that died without a word raises no error. */
const patience = 15_000;
/** A feed just opened sends its snapshot within this time, or counts as lost. */
const patienceForSnapshot = 5000;
/**
 * Milliseconds between two pictures at least. The monitor tells ten times a second, in pieces that may come one after the
 * other; sixty pictures a second took four fifths of a core at 500 events/s.
 */
const betweenPictures = 50;
const firstRetry = 1000;
const longestRetry = 10_000;

/**
 * The page's one connection to `/api/events`. It opens itself again whatever happens, and publishes in an animation
 * frame, at most twenty times a second however many events come.
 */
export class Feed {
  readonly #address: string;
  readonly #onLost: () => void;
  readonly #state = new LiveState(Date.now());
  readonly #subscribers = new Set<() => void>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #live: Live = this.#state.publish();
  #source: EventSource | undefined;
  #pause: number | undefined;
  #frame: number | undefined;
  #published = 0;
  #retry: number | undefined;
  #retryDelay = firstRetry;
  #watch: number | undefined;
  #heard = 0;
  #opened = 0;

  /** `onLost` is called whenever a connection has ended or none came about. */
  constructor(address: string, onLost: () => void) {
    this.#address = address;
    this.#onLost = onLost;
  }

  start(): void {
    this.#watch = window.setInterval(this.#watchSilence, 1000);
    window.addEventListener('online', this.reopen);
    document.addEventListener('visibilitychange', this.#onVisible);
    this.reopen();
  }

  stop(): void {
    window.clearInterval(this.#watch);
    window.clearTimeout(this.#retry);
    window.clearTimeout(this.#pause);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#pause = undefined;
    this.#frame = undefined;
    window.removeEventListener('online', this.reopen);
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#source?.close();
  }

  /** Connects now, without waiting for the next try. */
  readonly reopen = (): void => {
    window.clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#source?.close();
    this.#opened = Date.now();
    const source = new EventSource(this.#address);
    this.#source = source;
    for (const type of eventTypes) source.addEventListener(type, this.#onEvent);
    source.addEventListener('error', () => {
      if (this.#source === source) this.#fail();
    });
  };

  /** Calls back after each frame in which something changed. */
  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly current = (): Live => this.#live;

  /** Calls back with each single event, at once: for what must know that, not how often, something happened. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #onEvent = (message: MessageEvent<string>): void => {
    const event = JSON.parse(message.data) as LiveEvent;
    this.#heard = Date.now();
    this.#retryDelay = firstRetry;
    this.#state.apply(event, this.#heard);
    if (event.type === 'snapshot') this.#state.connection('live', this.#heard);
    for (const listener of this.#listeners) listener(event);
    this.#publishSoon();
  };

  #fail(): void {
    this.#source?.close();
    this.#state.connection('lost', this.#heard || Date.now());
    this.#publishSoon();
    this.#onLost();
    window.clearTimeout(this.#retry);
    this.#retry = window.setTimeout(this.reopen, this.#retryDelay * (0.5 + Math.random() / 2));
    this.#retryDelay = Math.min(longestRetry, this.#retryDelay * 2);
  }

  readonly #watchSilence = (): void => {
    if (this.#retry !== undefined) return;
    const trying = this.#opened > this.#heard;
    const silence = Date.now() - Math.max(this.#opened, this.#heard);
    if (silence < (trying ? patienceForSnapshot : patience)) return;
    if (trying) this.#fail();
    else this.reopen();
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState === 'visible' && this.#live.connection.state === 'lost') this.reopen();
  };

  #publishSoon(): void {
    if (this.#pause !== undefined || this.#frame !== undefined) return;
    const rest = this.#published + betweenPictures - performance.now();
    this.#pause = window.setTimeout(() => {
      this.#pause = undefined;
      this.#frame = requestAnimationFrame(this.#publish);
    }, rest);
  }

  readonly #publish = (): void => {
    this.#frame = undefined;
    this.#published = performance.now();
    this.#live = this.#state.publish();
    for (const subscriber of this.#subscribers) subscriber();
  };
}
