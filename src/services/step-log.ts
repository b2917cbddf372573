import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { teeLog } from '../core/tee-log.ts';
import type { LogBroadcast } from './log-broadcast.ts';
import { cut, longest, type LogLevel, type LogLine, type LogOrigin } from './log-line.ts';
import type { TraceFields } from './trace.ts';

/** How much of what handlers log is told with their runs: from which level on, or nothing. */
export type RunLogLevel = LogLevel | 'silent';

/** Makes the logger of a handler for what it works on. */
export type StepLogs = (origin: LogOrigin, trace: TraceFields) => Log;

/** Loggers that write into the log of the process, as that is set, and tell of their lines from `level` on. */
export function stepLogs(log: Log, level: RunLogLevel, broadcast: LogBroadcast): StepLogs {
  if (level === 'silent') return (origin, trace) => log.child(bindings(origin, trace));
  const logOf = teeLog<LogOrigin>(log, level, ({ about, level: number, line, message }) => {
    const shown = levelOf(number);
    broadcast.take(about, shown, () => lineOf(about, shown, line, message));
  });
  return (origin, trace) => {
    const { trace_id: id } = trace;
    return logOf(bindings(origin, trace), id === undefined ? origin : { ...origin, trace: id });
  };
}

/** As all lines of the process name them; its service stands in the log already. */
function bindings({ run, step, key, attempt }: LogOrigin, trace: TraceFields): object {
  return { run, step, key, attempt, ...trace };
}

/** The nearest of ours below: loggers may have levels of their own. */
function levelOf(number: number): LogLevel {
  if (number >= 50) return 'error';
  if (number >= 40) return 'warn';
  return number >= 30 ? 'info' : 'debug';
}

/** A line longer than this is not read again for its fields. */
const readable = 32_768;

function lineOf(origin: LogOrigin, level: LogLevel, line: string, message: string): LogLine {
  const read = line.length <= readable ? parsed(line) : undefined;
  const time = typeof read?.['time'] === 'number' ? Math.round(read['time']) : Date.now();
  const text = typeof read?.['msg'] === 'string' ? read['msg'] : message;
  const fields = read && Object.fromEntries(Object.entries(read).filter(([name]) => !known.has(name)));
  if (fields && JSON.stringify(fields).length <= longest.fields)
    return { ...origin, level, time, text: cut(text), ...(Object.keys(fields).length > 0 ? { fields } : {}) };
  const note = ` (its fields are left out: the line has ${line.length} characters)`;
  return { ...origin, level, time, text: cut(text, note) };
}

/** What every line has, and stands elsewhere. */
const known: ReadonlySet<string> = new Set([
  ...['level', 'time', 'msg', 'part', 'pid', 'hostname', 'service', 'run', 'step', 'key', 'attempt'],
  ...['trace_id', 'span_id', 'trace_flags'],
]);

function parsed(line: string): JsonObject | undefined {
  try {
    const read = JSON.parse(line) as Json;
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
