import type { Clock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { names } from '../services/names.ts';
import { machineOf, readPauses } from '../services/pause.ts';
import { status } from '../services/status.ts';
import type { Client, Delivery, Subscription } from '../stomp/client.ts';
import type { Headers } from '../stomp/frame.ts';
import type { ServiceView } from './api.ts';
import { Clocks } from './clocks.ts';

export interface HeartbeatEvents {
  /** A service told of itself, or has not for too long. */
  service: ServiceView;
  /** Services that are gone were dropped from the list. */
  forgotten: { readonly count: number };
}

/**
 * Milliseconds after which silence means loss: heartbeats come at least every 6 s and expire after 15, and get 2 to come
 * through. Counted from when one came: `expires` itself is by the sender's clock, which may be wrong.
 */
const lifetime = 17_000;
/** No heartbeat is larger; what is kept of one is bounded by this. */
const bytesAtMost = 16_384;
/** So long after its last heartbeat (ms) one that said goodbye is still shown. */
const forgetEnded = 60_000;
/** A shift: who comes for the next one sees what was lost in this. */
const standardForgetLost = 8 * 3600;
/** ms that a heartbeat is valid for, in Zocalo's form: what `expires` is ahead of the sender's clock. */
const validity = 15_000;
/** Whatever broadcasts, the list does not grow beyond this. */
const servicesAtMost = 2_000;
const checkInterval = 1_000;

export interface HeartbeatOptions {
  /** Seconds after its last heartbeat for which a lost service is still shown. */
  readonly forgetLost?: number;
  /** The services that an earlier monitor knew. */
  readonly known?: readonly ServiceView[];
}

/** The services that tell of themselves on the topic `transient.status`, in Baton or in any other software that speaks Zocalo's form. */
export class Heartbeats {
  readonly events = new Events<HeartbeatEvents>();
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #forgetLost: number;
  readonly #services: Map<string, ServiceView>;
  /** When each was first heard of. */
  readonly #firstSeen: Map<string, number>;
  readonly #clocks = new Clocks();
  /** Since when nothing that was sent could be missed; undefined while there is no connection. */
  #listening: number | undefined;
  #unlisten: (() => void)[] = [];
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #malformed = 0;

  constructor(client: Client, clock: Clock, { forgetLost = standardForgetLost, known = [] }: HeartbeatOptions = {}) {
    this.#client = client;
    this.#clock = clock;
    this.#forgetLost = forgetLost * 1000;
    this.#services = new Map(known.map((view) => [keyOf(view), view]));
    this.#firstSeen = new Map(known.map((view) => [keyOf(view), 0]));
  }

  /** All that are not forgotten, by service and host. */
  get services(): readonly ServiceView[] {
    const order = ({ service, host }: ServiceView): string => `${service} ${host}`;
    return [...this.#services.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  /** How many messages on the topic were no heartbeats. */
  get malformed(): number {
    return this.#malformed;
  }

  /** How far (ms) the clocks of hosts are ahead of this one's; the broker's stands under `broker`. */
  get clocks(): ReadonlyMap<string, number> {
    return this.#clocks.ahead(this.#clock.now());
  }

  async start(): Promise<void> {
    const { events } = this.#client;
    this.#unlisten = [
      events.on('connected', () => (this.#listening = this.#clock.now())),
      events.on('disconnected', () => (this.#listening = undefined)),
    ];
    if (this.#client.isConnected) this.#listening = this.#clock.now();
    const request = { destination: this.#client.topic(names.status), ack: 'auto' } as const;
    this.#subscription = await this.#client.subscribe(request, (delivery) => this.#take(delivery));
    this.#timer = setInterval(() => this.#check(), checkInterval);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const end of this.#unlisten) end();
    await this.#subscription?.unsubscribe();
  }

  #take({ headers, body }: Delivery): void {
    const now = this.#clock.now();
    const view = body.length > bytesAtMost ? undefined : readHeartbeat(body, now);
    if (!view) {
      this.#malformed += 1;
      return;
    }
    // A Python host names no service until it has started one.
    if (view.serviceClass !== '') this.#services.delete(keyOf({ ...view, service: '', serviceClass: '' }));
    const key = keyOf(view);
    if (!this.#services.has(key) && this.#services.size >= servicesAtMost) return;
    this.#noteClocks(view, headers, now);
    if (!this.#firstSeen.has(key)) this.#firstSeen.set(key, now);
    this.#services.set(key, view);
    this.events.emit('service', view);
  }

  /** The broker notes when a message came to it; `expires` is by its sender's clock, in the forms that are known. */
  #noteClocks({ host, version, extra }: ServiceView, { timestamp, expires }: Headers, now: number): void {
    const [came, until] = [Number(timestamp ?? 0), Number(expires ?? 0)];
    if (came > 0) this.#clocks.note('broker', came, now);
    const isKnown = version !== undefined || extra['workflows'] !== undefined;
    if (until > 0 && isKnown) this.#clocks.note(machineOf(host), until - validity, now);
  }

  #check(): void {
    const now = this.#clock.now();
    const listening = this.#listening;
    // Whoever could not be heard is not silent.
    if (listening === undefined) return;
    for (const [key, view] of this.#services) {
      if (now - Math.max(view.lastSeen, listening) <= lifetime || view.lost || hasEnded(view)) continue;
      const lost = { ...view, lost: true };
      this.#services.set(key, lost);
      this.events.emit('service', lost);
    }
    this.#forget(now);
  }

  #forget(now: number): void {
    const isGone = (view: ServiceView): boolean =>
      (view.lost && this.#isReplaced(view)) || now - view.lastSeen > (hasEnded(view) ? forgetEnded : this.#forgetLost);
    const gone = [...this.#services].filter(([, view]) => isGone(view));
    for (const [key] of gone) {
      this.#services.delete(key);
      this.#firstSeen.delete(key);
    }
    if (gone.length > 0) this.events.emit('forgotten', { count: gone.length });
  }

  /** True when the same service was started again on the same machine since, as a supervisor does. */
  #isReplaced(lost: ServiceView): boolean {
    const sameService = (other: ServiceView): boolean =>
      other.service === lost.service &&
      other.serviceClass === lost.serviceClass &&
      machineOf(other.host) === machineOf(lost.host);
    const startedSince = (other: ServiceView): boolean => (this.#firstSeen.get(keyOf(other)) ?? 0) > lost.lastSeen;
    return [...this.#services.values()].some((other) => !other.lost && sameService(other) && startedSince(other));
  }
}

/** Services that share a process share its `host.pid`. */
function keyOf({ host, service, serviceClass }: ServiceView): string {
  return JSON.stringify([host, service, serviceClass]);
}

function hasEnded({ status: code }: ServiceView): boolean {
  return code === status.end || code === status.teardown;
}

/** Reads a heartbeat, whoever sent it; undefined when it does not say at least where it comes from. */
function readHeartbeat(body: Buffer, now: number): ServiceView | undefined {
  const heartbeat = parsed(body);
  if (!isObject(heartbeat)) return undefined;
  const {
    host,
    status: code,
    statustext,
    service,
    serviceclass,
    utilization,
    baton,
    task,
    controls,
    paused,
    ...extra
  } = heartbeat;
  const [pause] = readPauses(paused === undefined ? undefined : [paused]) ?? [];
  if (typeof host !== 'string' || host === '' || host.length > 300) return undefined;
  return {
    host,
    // Long jobs broadcast under their task's name.
    service: textOf(service) || textOf(task),
    serviceClass: textOf(serviceclass),
    status: typeof code === 'number' ? code : status.none,
    statusText: textOf(statustext),
    utilization: numbersOf(utilization),
    lastSeen: now,
    lost: false,
    ...(typeof baton === 'string' ? { version: baton } : {}),
    ...(Array.isArray(controls) ? { controls: controls.map(textOf) } : {}),
    ...(pause && { paused: pause }),
    extra,
  };
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return null;
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}

function numbersOf(value: Json | undefined): Readonly<Record<string, number>> {
  const entries = Object.entries(isObject(value) ? value : ({} satisfies JsonObject));
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
