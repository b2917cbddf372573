import type { JsonObject } from '../../src/core/json.ts';

/** A time in which something was away: milliseconds. */
export interface Absence {
  readonly from: number;
  until: number;
}

/** What runs programs beside Baton's own host, and can be killed. */
export interface Elsewhere extends AsyncDisposable {
  /** What `compute` in `baton.yaml` says of it. */
  readonly compute: JsonObject;
  /** What of it is killed, and how often in comparison. */
  readonly weights: Readonly<Record<string, number>>;
  /** Below these programs work. */
  readonly folders: readonly string[];
  /** Those of these that are empty when all has ended in good order. */
  readonly emptied: readonly string[];
  /** When what keeps its jobs was away. */
  readonly absences: readonly Absence[];
  /** Starts the hosts that read the site's configuration. */
  start(configFile: string): void;
  /** Kills one of its parts, which comes back by itself. False where that does not run just now. */
  kill(target: string, which: number): Promise<boolean>;
  /** All of it in one instant. */
  killAll(which: number): void;
  /** Resolves when nothing of it is away any more. */
  back(): Promise<void>;
  /** Its jobs that wait or run. */
  jobs(): Promise<readonly string[]>;
  /** Ends its hosts in good order. */
  stop(): Promise<void>;
}
