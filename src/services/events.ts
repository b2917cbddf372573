import type { BatonError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Suspect } from './suspects.ts';
import type { StepOutcome, Cause } from './record.ts';

/** What happens to messages in a process: what the log, the metrics and the tests listen to. */
export interface ServiceEvents {
  /** A handler starts on a message. */
  started: { readonly service: string; readonly run: string; readonly step: number; readonly key: string };
  /** A message was decided; `seconds` is what the handler took. */
  decided: {
    readonly service: string;
    readonly run: string;
    readonly step: number;
    readonly key: string;
    readonly outcome: StepOutcome;
    readonly seconds: number;
    readonly cause: Cause | undefined;
    /** Names this delivery in the ledger. */
    readonly id: string;
    /** Of the run: see `traceFields`. */
    readonly traceparent: string | undefined;
  };
  /** The broker takes neither the outcome nor its failure: the message stays with the broker, unacknowledged. */
  unsettled: { readonly messageId: string; readonly reason: string };
  /** A handler went on long after its time-out and signal: its process should end. */
  wedged: { readonly service: string; readonly key: string };
  /** Someone on the topic `command` asks this process, or one service of it, to stop. */
  shutdown: { readonly service?: string };
}

/** What happens to the processes of a supervisor. */
export interface SupervisorEvents {
  started: { readonly part: string; readonly pid: number };
  /** The part does its work; `details` is what it tells of itself (ports, for example). */
  ready: { readonly part: string; readonly details: Json };
  /** The part cannot start. When it was never up, trying again is useless; else it is tried again. */
  refused: { readonly part: string; readonly error: BatonError };
  /** It died without being asked to; what it was running is suspected. `restartIn` is seconds. */
  died: {
    readonly part: string;
    readonly how: string;
    readonly running: readonly string[];
    readonly restartIn: number;
    readonly lastOutput: readonly string[];
  };
  /** It ended because it was asked to. */
  stopped: { readonly part: string };
  /** What a part wrote to its standard output or error. */
  output: { readonly part: string; readonly text: string };
  /** A message is suspected, or with 0 deaths cleared; for the other supervisors. */
  suspect: Suspect;
}
