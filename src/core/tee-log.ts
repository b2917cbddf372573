import { symbols, type DestinationStream } from 'pino';
import type { Log } from './log.ts';

/** A line as it was logged. */
export interface Heard<About> {
  /** What the logger was made for. */
  readonly about: About;
  /** pino's number: 20 debug, 30 info, 40 warn, 50 error. */
  readonly level: number;
  /** All of it, as JSON. */
  readonly line: string;
  readonly message: string;
}

/** Makes a logger with these bindings for something. */
export type TeeLog<About> = (bindings: object, about: About) => Log;

/** What a logger was made for; those made from it inherit it. */
const aboutWhat = Symbol('about');

/**
 * Makes loggers that write what `log` writes, and tell `hear` of each line from `level` on, whatever the level of `log`.
 * They differ from others in nothing but where their lines go, so that others may be made from them.
 */
export function teeLog<About>(
  log: Log,
  level: 'debug' | 'info' | 'warn' | 'error',
  hear: (heard: Heard<About>) => void,
): TeeLog<About> {
  const heardFrom = log.levels.values[level] ?? Infinity;
  const own = Reflect.get(log, symbols.streamSym) as DestinationStream;
  const tee = log.child({}, { level: log.levelVal <= heardFrom ? log.level : level });
  Object.defineProperty(tee, symbols.streamSym, { value: new Tee(own, log.levelVal, heardFrom, hear) });
  return (bindings, about) => Object.defineProperty(tee.child(bindings), aboutWhat, { value: about });
}

/** Where the lines go. With the symbol, pino says of each line which logger it is of. */
class Tee<About> implements DestinationStream {
  readonly [symbols.needsMetadataGsym] = true;
  lastLevel = 0;
  lastMsg: string | undefined;
  lastLogger: Log | undefined;
  readonly #own: DestinationStream;
  readonly #writtenFrom: number;
  readonly #heardFrom: number;
  readonly #hear: (heard: Heard<About>) => void;

  constructor(own: DestinationStream, writtenFrom: number, heardFrom: number, hear: (heard: Heard<About>) => void) {
    this.#own = own;
    this.#writtenFrom = writtenFrom;
    this.#heardFrom = heardFrom;
    this.#hear = hear;
  }

  write(line: string): void {
    const { lastLevel: level, lastMsg: message = '', lastLogger: logger } = this;
    this.lastLogger = undefined;
    if (level >= this.#writtenFrom) this.#own.write(line);
    if (level < this.#heardFrom || !logger) return;
    this.#hear({ about: Reflect.get(logger, aboutWhat) as About, level, line, message });
  }
}
