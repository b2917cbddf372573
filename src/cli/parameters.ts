import { readFile } from 'node:fs/promises';
import { text as textFrom } from 'node:stream/consumers';
import type { Command } from 'commander';
import { BatonError, messageOf } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { parseJson } from '../recipes/bounded-json.ts';
import { usage } from './errors.ts';

/** Adds `--set key=value`, as often as it is needed. */
export function withSet(command: Command): Command {
  return command.option('--set <key=value>', 'a parameter; JSON where it reads as JSON, else text', collect, []);
}

/** The parameters that `--set` gives. */
export function parametersFrom(set: readonly string[]): JsonObject {
  return Object.fromEntries(
    set.map((text): [string, Json] => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined)
        throw usage({ problem: `--set takes key=value, got ${JSON.stringify(text)}` });
      return [key, valueOf(value)];
    }),
  );
}

/** The announcement in a JSON file; `-` is standard input. */
export async function announcementIn(file: string): Promise<JsonObject> {
  return await objectIn(file, 'The announcement');
}

/** The object in a JSON file; `-` is standard input. Messages call it `what`. */
export async function objectIn(file: string, what: string): Promise<JsonObject> {
  const name = `${what} ${file === '-' ? 'on standard input' : `in ${file}`}`;
  try {
    const value = parseJson(file === '-' ? await textFrom(process.stdin) : await readFile(file, 'utf8'), name);
    if (isObject(value)) return value;
  } catch (error) {
    if (error instanceof BatonError) throw usage({ problem: error.message.replace(/\.$/, '') }, { cause: error });
    throw usage({ problem: `${name} cannot be read: ${messageOf(error)}` }, { cause: error });
  }
  throw usage({ problem: `${name} is not a JSON object` });
}

/** Lists, objects, numbers, true, false and null as such; ids with leading zeros and everything else as text. */
function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
