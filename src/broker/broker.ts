import { join } from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import { makeFolder } from '../core/folder.ts';
import { silent, type Log } from '../core/log.ts';
import { storeUnusable } from './errors.ts';
import type { BrokerEvents } from './events.ts';
import { Exchange } from './exchange.ts';
import { defaultBrokerLimits, type BrokerLimits } from './limits.ts';
import { Listener, type TlsIdentity } from './listener.ts';
import { logEvents } from './log-events.ts';
import type { User } from './permissions.ts';
import type { Repair } from './repair.ts';
import { Store } from './store.ts';

/** How to start a broker. */
export interface BrokerOptions {
  /** Address to listen on; 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Folder for `broker.sqlite`, made if absent; `:memory:` keeps everything in memory. */
  readonly store: string;
  /** When given, only they may connect, and each do what is permitted. */
  readonly users?: readonly User[];
  /** When given, clients have to speak TLS. */
  readonly tls?: TlsIdentity;
  readonly limits?: Partial<BrokerLimits>;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A running broker. `stop` resolves when all connections and the store are closed; it may be called twice. */
export interface Broker extends AsyncDisposable {
  readonly port: number;
  readonly events: Events<BrokerEvents>;
  /** What was lost and kept when the store was found damaged at the start. */
  readonly repair: Repair | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a STOMP 1.2 broker in this process. Rejects with `broker.port-taken`, `broker.address-refused`,
 * `broker.tls-unusable`, `broker.store-locked`, `broker.store-format` or `broker.store-unusable`.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const limits = { ...defaultBrokerLimits, ...options.limits };
  const events = new Events<BrokerEvents>();
  logEvents(events, options.log ?? silent);
  const store = openStore(options.store, limits);
  if (store.repair) options.log?.error({ ...store.repair }, 'the store was damaged: what could be read of it is kept');
  let exchange: Exchange | undefined;
  try {
    exchange = new Exchange({ store, clock: options.clock ?? systemClock, limits, events });
    const listener = new Listener(exchange, options);
    const port = await listener.open(options.host ?? '127.0.0.1', options.port);
    return brokerOf(port, events, store, async () => {
      await listener.close();
      exchange?.stop();
      await store.close();
      events.emit('stopped', {});
    });
  } catch (error) {
    exchange?.stop();
    await store.close();
    throw error;
  }
}

function brokerOf(port: number, events: Events<BrokerEvents>, store: Store, end: () => Promise<void>): Broker {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => await (stopped ??= end());
  return { port, events, repair: store.repair, stop, [Symbol.asyncDispose]: stop };
}

function openStore(folder: string, limits: BrokerLimits): Store {
  if (folder === ':memory:') return new Store(folder, limits);
  const file = join(folder, 'broker.sqlite');
  try {
    makeFolder(folder);
  } catch (cause) {
    throw storeUnusable({ file, reason: messageOf(cause) }, { cause });
  }
  return new Store(file, limits);
}
