import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { messageOf } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
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
  try {
    const value = JSON.parse(await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')) as Json;
    if (isObject(value)) return value;
  } catch (error) {
    throw usage({ problem: `The announcement ${file} cannot be read: ${messageOf(error)}` }, { cause: error });
  }
  throw usage({ problem: `The announcement ${file} is not a JSON object` });
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
