import type { JsonObject } from '../../core/json.ts';
import type { LogLevel } from '../../services/log-line.ts';

/** What the ledger answers about log lines. Times are milliseconds since 1970 UTC. */

export type { LogLevel };

/** A line that a service wrote about a run; or, with `leftOut`, a note in place of so many that were too many. */
export interface LogLineView {
  /** The order in which the ledger heard of them. */
  readonly seq: number;
  readonly step: number;
  readonly level: LogLevel;
  /** By the clock of the service's host. */
  readonly time: number;
  readonly service: string;
  readonly host: string;
  readonly key: string;
  readonly attempt: number;
  /** W3C trace id. */
  readonly trace?: string;
  readonly text: string;
  readonly fields?: JsonObject;
  readonly leftOut?: number;
}

/** Some lines of a run, in the order they came. */
export interface LogPage {
  readonly items: readonly LogLineView[];
  /** Of the run, whatever was asked for: how many are there, how many never came, and how many were removed to keep within the bound. */
  readonly kept: number;
  readonly leftOut: number;
  readonly removed: number;
  /** The cursor for what comes `after` this page. */
  readonly later: number;
  /** True when more came after it already. */
  readonly more?: boolean;
  /** The cursor for what came `before` this page; absent when nothing did. */
  readonly earlier?: number;
}
