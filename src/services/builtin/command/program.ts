import type { Container } from '../../../compute/backend.ts';
import type { JsonObject } from '../../../core/json.ts';

/** A program that recipes of a site may run, as its configuration has it, with absolute paths. Whatever is not said here, no recipe can do. */
export interface Program {
  readonly description?: string;
  /** On the host, or in its container. */
  readonly path: string;
  readonly container?: Container;
  /** Arguments that it always gets, before those of the recipe. */
  readonly fixed?: readonly string[];
  /** JSON Schema of the arguments that a recipe gives: of a list, or of an object. None are permitted where absent. */
  readonly arguments?: JsonObject;
  /** How an argument of an object is written: `--{name}={value}` where absent. */
  readonly form?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables of the environment that a recipe may set. */
  readonly variables?: readonly string[];
  /** Below these a recipe may let it work. */
  readonly directories?: readonly string[];
  readonly limits?: ProgramLimits;
  /** So many of it run at the same time at most, on one host (of `local`) or all together. */
  readonly atOnce?: number;
  /** The channels that it answers on, beside `result`, with a sentence each. */
  readonly channels?: Readonly<Record<string, string>>;
  /** The account that it runs as. */
  readonly user?: string;
}

/** What a recipe may ask for at most. Times in seconds or as `2h`, sizes in bytes or as `8G`. */
export interface ProgramLimits {
  readonly time?: number | string;
  readonly memory?: number | string;
  readonly processes?: number;
  readonly files?: number;
  readonly file?: number | string;
  readonly output?: number | string;
}

/** The programs of a site by their names. */
export type Programs = Readonly<Record<string, Program>>;
