import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Consumer } from './consumer.ts';
import type { Pause } from './pause.ts';
import type { Pauses } from './pauses.ts';
import { status, type StatusBroadcast } from './status.ts';

interface Paused {
  readonly serviceClass: string;
  readonly host: string;
  readonly status: StatusBroadcast;
  readonly consumers: readonly Consumer[];
  readonly log: Log;
}

/** Keeps a service as what is paused says, and has its heartbeats tell so. The returned function ends that. */
export function heed(pauses: Pauses, { serviceClass, host, status: told, consumers, log }: Paused): () => void {
  let obeyed: Pause | undefined;
  const obey = (): void => {
    const pause = pauses.of(serviceClass, host);
    if (pause === obeyed) return;
    obeyed = pause;
    told.order(pause && { words: (code) => wordsOf(pause, code), paused: pause });
    for (const consumer of consumers)
      consumer.setPaused(pause !== undefined).catch((error: unknown) => {
        log.error({ reason: messageOf(error) }, pause ? 'it could not be paused' : 'it could not be resumed');
      });
  };
  obey();
  return pauses.watch(obey);
}

/** One that ends is not paused any more. */
function wordsOf({ who, reason }: Pause, code: number): string | undefined {
  if (code === status.shutdown || code === status.end) return undefined;
  return `${code === status.processing ? 'pausing' : 'paused'} by ${who}: ${reason}`;
}
