import { pino, type Logger } from 'pino';

export type Log = Logger;

/** A logger that writes JSON lines to standard error; the level is one of pino's (`debug`, `info`, `warn`, `error`, `silent`). */
export function createLog(level: string, part: string): Log {
  return pino({ level, base: { part, pid: process.pid } }, pino.destination({ fd: 2, sync: true }));
}

/** A logger that says nothing, for code that was given none. */
export const silent: Log = pino({ level: 'silent' });
