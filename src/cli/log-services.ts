import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { ServiceEvents } from '../services/events.ts';
import { traceFields } from '../services/trace.ts';

/** Writes what happens to messages into the log: what failed as a warning, the rest for debugging. */
export function logServices(events: Events<ServiceEvents>, log: Log): void {
  events.on('decided', (event) => {
    const failure = event.outcome === 'later' ? undefined : event.cause;
    // Most are for debugging, and nothing is worked out for lines that nobody gets.
    if (!log.isLevelEnabled(failure ? 'warn' : 'debug')) return;
    const { id, traceparent, ...told } = event;
    const line = { ...told, ...traceFields(traceparent, id) };
    if (failure) log.warn(line, `${event.outcome}: ${failure.message}`);
    else log.debug(line, event.outcome);
  });
  events.on('unsettled', (event) => log.error(event, 'the broker takes neither the outcome nor its failure'));
  events.on('wedged', (event) => log.error(event, 'a handler ignores its time-out: its process ends'));
  events.on('shutdown', (event) => log.info(event, 'asked to shut down'));
}
