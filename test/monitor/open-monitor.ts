import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { openAccess, type Access } from '../../src/access/access.ts';
import { startLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { LiveEvent } from '../../src/monitor/api.ts';
import { startMonitor, type Monitor, type MonitorOptions } from '../../src/monitor/monitor.ts';
import { Reprocessing } from '../../src/reprocess/reprocessing.ts';
import { standardRules } from '../../src/reprocess/standard.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { batchOf } from '../ledger/records.ts';

/** A monitor with a ledger and a broker of its own, and the means to feed and to ask it. */
export interface OpenMonitor extends AsyncDisposable {
  readonly monitor: Monitor;
  readonly ledger: Ledger;
  readonly reprocessing: Reprocessing;
  readonly access: Access;
  /** A connection beside those of the monitor and the ledger. */
  readonly client: Client;
  readonly folder: string;
  /** Sends records to the ledger and resolves when it has entered them. */
  record(...records: readonly LedgerRecord[]): Promise<void>;
  beat(heartbeat: object | string): Promise<void>;
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>;
  /** Sends a body, as JSON unless it is text; the headers say what else. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Listens on `/api/events`. */
  listen(headers?: Readonly<Record<string, string>>): Promise<Listening>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON. */
  readonly json: unknown;
}

interface AddressedBroker {
  address(namespace?: string): string;
}

/** Opens one on a broker of its own, or on the one given. */
export async function openMonitor(
  options: Partial<MonitorOptions> = {},
  given?: AddressedBroker,
): Promise<OpenMonitor> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(await temporaryFolder());
  const broker = given ?? opening.use(await startEmbeddedBroker());
  const connect = async (name: string): Promise<Client> => {
    const backoff = { delay: 0.05, factor: 1, maxDelay: 0.05 };
    const client = opening.use(new Client({ address: parseBrokerAddress(broker.address('site')), name, backoff }));
    await client.start();
    return client;
  };
  const [own, client] = [await connect('monitor'), await connect('test')];
  const ledger = opening.use(await startLedger({ client: own, folder: folder.path }));
  const access =
    options.access ??
    opening.use(openAccess(join(folder.path, 'access'), options.clock ? { clock: options.clock } : {}));
  const reprocessing = opening.use(
    new Reprocessing({
      ...{ ledger, client: own, folder: join(folder.path, 'reprocess'), rules: standardRules, services: [] },
      ...(options.clock ? { clock: options.clock } : {}),
      recipeText: async (name) => await Promise.reject(new Error(`there is no recipe ${name}`)),
      aboutOf: () => ({}),
    }),
  );
  reprocessing.start();
  const monitor = opening.use(
    await startMonitor({
      access,
      reprocessing,
      port: 0,
      client: own,
      ledger,
      version: '1.2.3',
      webRoot: join(folder.path, 'web'),
      queueInterval: 0.1,
      ...options,
    }),
  );
  const open = opening.move();
  return {
    ...{ monitor, ledger, reprocessing, client, access, folder: folder.path },
    record: async (...records) => {
      const entered = ledger.events.once('run');
      await client.send({ destination: client.queue('baton.ledger'), body: batchOf(...records).toString() });
      await entered;
    },
    beat: async (heartbeat) => {
      const body = typeof heartbeat === 'string' ? heartbeat : JSON.stringify(heartbeat);
      await client.send({ destination: client.topic('transient.status'), body });
    },
    get: async (path, headers = {}, method = 'GET') => await ask(monitor.port, path, headers, method),
    send: async (method, path, body, headers = {}) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const about =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
      return await ask(monitor.port, path, { ...about, ...headers }, method, text);
    },
    listen: async (headers) => await Listening.open(monitor.port, headers),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  method: string,
  body?: string,
): Promise<Answer> {
  const response = await send(port, path, headers, method, body);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text) as unknown;
    },
  };
}

async function send(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  body?: string,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request({ port, path, method, headers, host: '127.0.0.1', agent: false }, resolve).on('error', reject).end(body);
  });
}

/** One who listens on `/api/events`. */
export class Listening implements AsyncDisposable {
  readonly response: IncomingMessage;
  readonly events: LiveEvent[] = [];
  readonly ids: number[] = [];
  /** Of the last event. */
  lastId = '';
  comments = 0;
  #text = '';
  #news = Promise.withResolvers<void>();

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  static async open(port: number, headers: Readonly<Record<string, string>> = {}): Promise<Listening> {
    return new Listening(await send(port, '/api/events', headers));
  }

  /** The first event, past or to come, of the type and the condition. */
  async next<Type extends LiveEvent['type']>(
    type: Type,
    condition: (event: Extract<LiveEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<LiveEvent, { type: Type }>> {
    for (;;) {
      const found = this.events.find(
        (event): event is Extract<LiveEvent, { type: Type }> =>
          event.type === type && condition(event as Extract<LiveEvent, { type: Type }>),
      );
      if (found) return found;
      await this.#news.promise;
    }
  }

  #take(text: string): void {
    const frames = (this.#text + text).split('\n\n');
    this.#text = frames.pop() ?? '';
    for (const frame of frames) this.#read(frame);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #read(frame: string): void {
    if (frame.startsWith(':')) this.comments += 1;
    const [, id, type, data] = /^id: [0-9a-f]+-(\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
    if (id === undefined || data === undefined) return;
    const event = JSON.parse(data) as LiveEvent;
    if (event.type !== type) throw new Error(`event ${String(type)} has data of type ${event.type}`);
    this.ids.push(Number(id));
    this.lastId = /^id: (.*)/.exec(frame)?.[1] ?? '';
    this.events.push(event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.response.once('close', resolve));
    if (this.response.destroyed) return;
    this.response.destroy();
    await closed;
  }
}
