import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Client } from '../stomp/client.ts';
import { controls } from './commands.ts';
import { names } from './names.ts';
import type { Pause } from './pause.ts';

/** Zocalo's status codes. */
export const status = {
  none: -1,
  teardown: -2,
  new: 0,
  starting: 1,
  idle: 2,
  timer: 3,
  processing: 4,
  shutdown: 5,
  end: 6,
  error: 7,
} as const;

const texts = new Map<number, string>(Object.entries(status).map(([text, code]) => [code, text]));

/** Who broadcasts. */
export interface Identity {
  /** `host.pid`. */
  readonly host: string;
  readonly service: string;
  readonly serviceClass: string;
  readonly version: string;
  /** Nobody can tell it anything. */
  readonly isDeaf?: boolean;
}

/** What somebody has told the service to do: its status text says so, whatever else there is to say. */
export interface Order {
  /** Undefined where the status says enough. */
  readonly words: (code: number) => string | undefined;
  readonly paused?: Pause;
}

/** At least one heartbeat so often; each is valid for `lifetime` (ms): Zocalo's figures. */
const interval = 6_000;
const lifetime = 15_000;
/** Idle is only told when held for so long (ms): a busy service does not flicker. */
const settleTime = 500;
/** Utilisation is told over the time since so many heartbeats. */
const windowBeats = 10;

/** Broadcasts one service's status on the topic `transient.status`: on each change, and at least every 6 s. */
export class StatusBroadcast {
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #clock: Clock;
  #status: number = status.new;
  #told: number | undefined;
  #since: number;
  #beats: Map<number, number>[] = [new Map<number, number>()];
  #timer: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  #explanation: string | undefined;
  #task: string | undefined;
  #order: Order | undefined;

  constructor(client: Client, identity: Identity, clock: Clock) {
    this.#client = client;
    this.#identity = identity;
    this.#clock = clock;
    this.#since = clock.now();
  }

  start(): void {
    this.#timer = setInterval(() => this.#broadcast(), interval);
    this.set(status.starting);
  }

  set(code: number): void {
    // What still runs while it drains does not bring it back.
    const isEnding = this.#status === status.shutdown && (code === status.idle || code === status.processing);
    if (code === this.#status || isEnding) return;
    this.#account();
    this.#status = code;
    clearTimeout(this.#settle);
    if (code === status.idle) this.#settle = setTimeout(() => this.#broadcast(), settleTime);
    else if (code !== this.#told) this.#broadcast();
  }

  /** Tells this in place of the status' own text; with none, that again. */
  explain(text: string | undefined): void {
    this.#explanation = text;
    if (this.#timer) this.#broadcast();
  }

  /** Tells this until it is told otherwise. */
  order(order: Order | undefined): void {
    this.#order = order;
    if (this.#timer) this.#broadcast();
  }

  /** Tells this, too: what it works on; with none, nothing more. */
  showTask(task: string | undefined): void {
    if (task === this.#task) return;
    this.#task = task;
    if (this.#timer) this.#broadcast();
  }

  /** Tells the end, and stops. */
  stop(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.set(status.end);
    clearTimeout(this.#settle);
  }

  /** Adds the time since the last change to the status that held. */
  #account(): void {
    const now = this.#clock.now();
    const beat = this.#beats[0];
    beat?.set(this.#status, (beat.get(this.#status) ?? 0) + Math.max(0, now - this.#since));
    this.#since = now;
  }

  #broadcast(): void {
    this.#account();
    this.#told = this.#status;
    const body = JSON.stringify(this.#message());
    this.#beats = [new Map<number, number>(), ...this.#beats].slice(0, windowBeats);
    // Worth nothing later: while the broker is away none is kept for when it is back.
    if (!this.#client.isConnected) return;
    const headers = { expires: String(this.#clock.now() + lifetime) };
    this.#client.send({ destination: this.#client.topic(names.status), headers, body }).catch(() => {
      // One that could not leave is replaced by the next.
    });
  }

  #message(): JsonObject {
    const { host, service, serviceClass, version, isDeaf = false } = this.#identity;
    const ordered = this.#order?.words(this.#status);
    const paused = ordered === undefined ? undefined : this.#order?.paused;
    return {
      host,
      status: this.#status,
      statustext: ordered ?? this.#explanation ?? texts.get(this.#status) ?? 'unknown',
      service,
      serviceclass: serviceClass,
      ...(this.#task === undefined ? {} : { task: this.#task }),
      utilization: this.#utilization(),
      // The wire format's own version, which Zocalo's monitors read, and ours.
      workflows: '3.5',
      baton: version,
      controls: isDeaf ? [] : controls,
      ...(paused && { paused: { ...paused } }),
    };
  }

  #utilization(): JsonObject {
    const spent = new Map<number, number>();
    for (const beat of this.#beats) for (const [code, ms] of beat) spent.set(code, (spent.get(code) ?? 0) + ms);
    const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
    return Object.fromEntries([...spent].map(([code, ms]) => [String(code), total === 0 ? 0 : ms / total]));
  }
}
