import { isList, isObject, type Json } from '../server/types.ts';

const lineLength = 84;

/** JSON text for people: indented by two, but what fits on a line stays on it, and a row of numbers always does. */
export function pretty(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  const line = written(value, ', ', (each) => pretty(each, ''));
  const isRow = isList(value) && value.every((each) => typeof each === 'number');
  if (isRow || (!line.includes('\n') && indent.length + line.length <= lineLength)) return line;
  return written(value, `,\n${inner}`, (each) => pretty(each, inner), `\n${inner}`, `\n${indent}`);
}

function written(value: Json, between: string, inside: (value: Json) => string, before = '', after = ''): string {
  if (isList(value)) return `[${before}${value.map(inside).join(between)}${after}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${inside(each)}`);
  return `{${before}${parts.join(between)}${after}}`;
}
