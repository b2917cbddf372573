import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** How grave a line is, from the least. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a line of a handler's log belongs to. */
export interface LogOrigin {
  readonly run: string;
  readonly step: number;
  readonly service: string;
  /** `host.pid`. */
  readonly host: string;
  /** Of the message that was worked on. */
  readonly key: string;
  readonly attempt: number;
  /** W3C trace id, where the run has one. */
  readonly trace?: string;
}

/** One line that a service wrote about a run; or, with `leftOut`, a note in place of so many that were too many. */
export interface LogLine extends LogOrigin {
  /** Of a note: that of the gravest it stands for. */
  readonly level: LogLevel;
  /** Milliseconds since 1970, by the clock of the service's host. */
  readonly time: number;
  readonly text: string;
  /** What was logged beside the text. */
  readonly fields?: JsonObject;
  readonly leftOut?: number;
}

/** What is sent on the topic `baton.log`. A message that comes twice has the same `from` and `number`. */
export interface LogMessage {
  /** This process, and no other. */
  readonly from: string;
  readonly number: number;
  readonly lines: readonly LogLine[];
}

/** Longest text of a line, in UTF-16 units, and longest fields as JSON. What is longer is cut, and says so. */
export const longest = { text: 4_000, fields: 4_000 } as const;
/** No message is larger in bytes; what is, nobody of ours has sent. */
const logBytesAtMost = 512 * 1024;

const idAtMost = 300;

/** Reads what came on the topic, without the lines that are none; undefined for anything else. */
export function readLogMessage(body: Buffer): LogMessage | undefined {
  if (body.length > logBytesAtMost) return undefined;
  let read: Json;
  try {
    read = JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(read) || !Array.isArray(read['lines'])) return undefined;
  const { from, number, lines } = read;
  if (!isShort(from) || !isCount(number)) return undefined;
  return { from, number, lines: (lines as Json[]).flatMap((line) => readLine(line) ?? []) };
}

function readLine(line: Json): LogLine | undefined {
  if (!isObject(line)) return undefined;
  const { run, step, service, host, key, attempt, trace, level, time, text, fields, leftOut } = line;
  if (!isShort(run) || !isShort(service) || !isShort(host) || !isShort(key)) return undefined;
  if (typeof text !== 'string') return undefined;
  if (!isCount(step) || !isCount(attempt) || !isCount(time) || !isLevel(level)) return undefined;
  return {
    ...{ run, step, service, host, key, attempt, level, time, text: cut(text) },
    ...(isShort(trace) ? { trace } : {}),
    ...(isObject(fields) && JSON.stringify(fields).length <= longest.fields ? { fields } : {}),
    ...(isCount(leftOut) && leftOut > 0 ? { leftOut } : {}),
  };
}

/** The text and the note, or its beginning and how long it was. */
export function cut(text: string, note = ''): string {
  if (text.length + note.length <= longest.text) return text + note;
  const end = ` … (${text.length} characters)${note}`;
  return text.slice(0, longest.text - end.length) + end;
}

function isLevel(value: unknown): value is LogLevel {
  return logLevels.includes(value as LogLevel);
}

function isShort(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= idAtMost;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
