import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { ServiceEvents } from '../services/events.ts';

/** Writes what happens to messages into the log: what failed as a warning, the rest for debugging. */
export function logServices(events: Events<ServiceEvents>, log: Log): void {
  events.on('decided', (event) => {
    if (event.cause && event.outcome !== 'later') log.warn(event, `${event.outcome}: ${event.cause.message}`);
    else log.debug(event, event.outcome);
  });
  events.on('unsettled', (event) => log.error(event, 'the broker takes neither the outcome nor its failure'));
  events.on('wedged', (event) => log.error(event, 'a handler ignores its time-out: its process ends'));
  events.on('shutdown', (event) => log.info(event, 'asked to shut down'));
}
