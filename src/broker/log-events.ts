import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { BrokerEvents } from './events.ts';

/** Writes what happens to the log, each at the level at which somebody should read it. */
export function logEvents(events: Events<BrokerEvents>, log: Log): void {
  events.on('connected', (event) => log.debug(event, 'connected'));
  events.on('disconnected', (event) => log.debug(event, 'disconnected'));
  events.on('refused', (event) => log.warn(event, 'refused a frame'));
  events.on('notAccepted', (event) => log.error(event, 'could not accept a connection'));
  events.on('deadLettered', (event) => log.info(event, 'moved a message to the dead-letter queue'));
  events.on('dropped', (event) => log.warn(event, 'dropped a message of a slow subscriber'));
  events.on('slowed', (event) => log.warn(event, 'has no room for what a client sends: it waits'));
  events.on('storeFailed', (event) => log.error(event, 'could not store'));
  events.on('stopped', () => log.debug('stopped'));
}
