import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';

/** The options that every command has which needs to know the set-up. */
export interface CommonOptions {
  readonly config?: string;
  readonly broker?: string;
  readonly store?: string;
  readonly stomp?: number;
  readonly http?: number;
  readonly json?: boolean;
}

/** Adds the common options to a command. */
export function withCommon(command: Command): Command {
  return command
    .addOption(new Option('--config <file>', 'the configuration, baton.yaml').env('BATON_CONFIG'))
    .addOption(
      new Option(
        '--broker <address>',
        'stomp://user:pass@host:port/prefix (stomp+ssl:// for TLS), or several with commas between; without it, Baton runs its own broker',
      ).env('BATON_BROKER'),
    )
    .option('--store <dir>', 'the folder for everything that Baton keeps')
    .addOption(new Option('--stomp <port>', 'STOMP port of the embedded broker').argParser(portNumber))
    .addOption(new Option('--http <port>', 'HTTP port of the status page').argParser(portNumber))
    .option('--json', 'tell the result as one JSON object on the last line');
}

/** The configuration that these options select. */
export async function configOf(options: CommonOptions): Promise<Config> {
  const { broker, store, stomp, http } = options;
  return await loadConfig(
    options.config,
    { broker, store, stompPort: stomp, httpPort: http },
    { shippedRecipes: resolve(import.meta.dirname, '../../recipes'), workingFolder: process.cwd() },
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('Expected a port, 1 to 65535.');
}

/** The id of a run; the empty one names none. */
export function runId(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected the id of a run.');
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** A time that a timer of the system can wait. */
export function seconds(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= longest) return number;
  throw new InvalidArgumentError(`Expected seconds, above 0 and at most ${longest} (three weeks).`);
}

const longest = 21 * 24 * 3600;

/** A priority of STOMP, as the text that its header has. */
export function priority(text: string): string {
  if (/^[0-9]$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a whole number from 0 to 9.');
}

/** The number of a step of a recipe. */
export function stepNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number !== 0) return number;
  throw new InvalidArgumentError('Expected the number of a step.');
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}
