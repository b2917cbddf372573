import type { Json, JsonObject } from '../server/types.ts';

/** A parameter that is to be the same for all runs, as it was typed. */
export interface SetLine {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

/** The parameters that the lines set: JSON where it reads as JSON, else text. */
export function setOf(lines: readonly SetLine[]): JsonObject {
  return Object.fromEntries(
    lines.flatMap(({ name, text }) => (name.trim() === '' ? [] : [[name.trim(), valueIn(text)] as const])),
  );
}

function valueIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
