import { snippet, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { EditorSelection, type EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { isList, isObject, type Json, type JsonObject } from '../../server/types.ts';
import { wholeValue, writingAt, type Path, type Writing } from './cursor.ts';
import { SchemaMap, told, type Schemas } from './schema.ts';

/** One thing that could stand at the cursor. */
interface Choice {
  readonly value: Json;
  /** Beside it: what it is. */
  readonly detail?: string | undefined;
  readonly info?: string | undefined;
}

/** Makes the source of completions: what the schema of recipes knows, with the services installed here, and the steps that the text has. */
export function completionsOf(schema: JsonObject): (context: CompletionContext) => CompletionResult | null {
  const map = new SchemaMap(schema);
  return ({ state, pos, explicit }) => {
    const parameter = parameterAt(state, pos);
    if (parameter) return parameter;
    const writing = writingAt(state, pos);
    if (!writing || (!explicit && !writing.quoted && writing.from === writing.to)) return null;
    const whole = wholeValue(state);
    const choices =
      writing.kind === 'key' ? keysAt(map, writing.path, whole) : valuesAt(map, schema, writing.path, whole);
    // A number is not written in quotes.
    const fitting =
      writing.quoted && writing.kind === 'value' ? choices.filter(({ value }) => typeof value === 'string') : choices;
    if (fitting.length === 0) return null;
    const options = fitting.map((choice) => optionOf(choice, writing, map, whole));
    // A choice takes the place of the whole word, what stands behind the cursor, too.
    return { from: writing.from, to: pos, options, validFor: /^[\w .+-]*$/ };
  };
}

/** Within `{`: the parameters that the text names elsewhere. */
function parameterAt(state: EditorState, pos: number): CompletionResult | null {
  const line = state.doc.lineAt(pos);
  const begun = /"[^"]*\{(\w*)$/.exec(state.sliceDoc(line.from, pos));
  if (!begun) return null;
  const names = new Set(
    Array.from(state.doc.toString().matchAll(/\{(?:\$REPLACE:)?(\w+)[}[]/g), ([, name = '']) => name),
  );
  const options = [...names].map((label) => ({ label, type: 'variable', detail: 'parameter' }));
  return options.length === 0 ? null : { from: pos - (begun[1] ?? '').length, options, validFor: /^\w*$/ };
}

function keysAt(map: SchemaMap, path: Path, whole: Json | undefined): readonly Choice[] {
  const object = path.reduce<Json | undefined>(childOf, whole);
  const there = new Set(isObject(object) ? Object.keys(object) : []);
  const named = map.at(path, whole).flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : []));
  const steps = path.length === 0 ? [nextStep(whole)] : [];
  return [...new Set([...steps, ...named])]
    .filter((key) => !there.has(key))
    .map((key) => {
      const schemas = map.at([...path, key], whole);
      return { value: key, detail: steps.includes(key) ? 'a new step' : typeOf(schemas), info: told(schemas) };
    });
}

function valuesAt(map: SchemaMap, schema: JsonObject, path: Path, whole: Json | undefined): readonly Choice[] {
  if (isLink(path)) return stepsOf(whole);
  const schemas = map.at(path, whole);
  if (path.length === 2 && path[1] === 'queue') return queuesOf(schema, schemas);
  if (path.length === 2 && path[1] === 'service') return servicesOf(schema);
  const values = schemas.flatMap(({ enum: several, const: one, examples, default: usual }) => [
    ...(isList(several) ? several : []),
    ...(one === undefined ? [] : [one]),
    ...(isList(examples) ? examples : []),
    ...(usual === undefined ? [] : [usual]),
  ]);
  const isFlag = schemas.some(({ type }) => type === 'boolean');
  const all = [...new Set([...values, ...(isFlag ? [true, false] : [])])].filter(
    (value) => !isObject(value) && !isList(value),
  );
  return all.map((value) => ({ value, info: told(schemas) }));
}

/** Where numbers of steps stand: `start` names them first in each entry, `error` at the top, links of steps with or without channel. */
function isLink(path: Path): boolean {
  const [top, key, ...rest] = path;
  if (top === 'start') return path.length === 3 && path[2] === 0;
  if (top === 'error') return path.length <= 2;
  if (key !== 'output' && key !== 'error') return false;
  return rest.length === 0 || (rest.length === 1 ? true : rest.length === 2 && typeof rest[1] === 'number');
}

function stepsOf(whole: Json | undefined): readonly Choice[] {
  return stepEntries(whole).map(([number, step]) => {
    const name = ['service', 'queue', 'topic'].map((key) => step[key]).find((value) => typeof value === 'string');
    return { value: Number(number), detail: typeof name === 'string' ? name : 'step' };
  });
}

function stepEntries(whole: Json | undefined): readonly (readonly [string, JsonObject])[] {
  const entries = Object.entries(isObject(whole) ? whole : {});
  return entries.filter((entry): entry is [string, JsonObject] => /^-?[1-9]\d*$/.test(entry[0]) && isObject(entry[1]));
}

function nextStep(whole: Json | undefined): string {
  return String(Math.max(0, ...stepEntries(whole).map(([number]) => Number(number))) + 1);
}

function queuesOf(schema: JsonObject, schemas: Schemas): readonly Choice[] {
  const described = new Map(installed(schema).map(({ queue, name, about }) => [queue, { name, about }]));
  const queues = schemas.flatMap(({ examples }) => (isList(examples) ? examples : []));
  return [...new Set(queues)].map((queue) => {
    const service = typeof queue === 'string' ? described.get(queue) : undefined;
    return { value: queue, detail: service?.name, info: service?.about };
  });
}

function servicesOf(schema: JsonObject): readonly Choice[] {
  return installed(schema).map(({ name, about, queue }) => ({ value: about, detail: `${name}, queue ${queue}` }));
}

/** The services, as the schema of a step tells them: if the queue is this, then that definition holds. */
function installed(
  schema: JsonObject,
): readonly { readonly queue: string; readonly name: string; readonly about: string }[] {
  const definitions = isObject(schema['$defs']) ? schema['$defs'] : {};
  const step = definitions['step'];
  const checks = isObject(step) && isList(step['allOf']) ? step['allOf'] : [];
  return checks.flatMap((check) => {
    const queue = ['if', 'properties', 'queue', 'const'].reduce<Json | undefined>(childOf, check);
    const ref = ['then', '$ref'].reduce<Json | undefined>(childOf, check);
    const definition = typeof ref === 'string' ? definitions[ref.split('/').at(-1) ?? ''] : undefined;
    if (typeof queue !== 'string' || !isObject(definition)) return [];
    const { title, description } = definition;
    const name = typeof title === 'string' ? title : queue;
    return [{ queue, name, about: typeof description === 'string' ? description : name }];
  });
}

function optionOf(
  { value, detail, info }: Choice,
  writing: Writing,
  map: SchemaMap,
  whole: Json | undefined,
): Completion {
  const label = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    label,
    type: writing.kind === 'key' ? 'property' : typeof value === 'string' ? 'text' : 'constant',
    ...(detail === undefined ? {} : { detail }),
    ...(info === undefined || info === '' ? {} : { info }),
    apply:
      writing.kind === 'key'
        ? keyApplier(label, writing, typeOf(map.at([...writing.path, label], whole)))
        : (view) => put(view, writing, writing.quoted || typeof value !== 'string' ? label : JSON.stringify(value)),
  };
}

/** Writes a key with its colon, and begins the value where its kind is known. */
function keyApplier(key: string, writing: Writing, type: string | undefined): NonNullable<Completion['apply']> {
  if (writing.hasColon) return (view) => put(view, writing, key);
  const values: Readonly<Record<string, string>> = { text: '"${}"', object: '{ ${} }', list: '[${}]' };
  const value = /^-?\d+$/.test(key) ? '{ "queue": "${}" }' : (values[type ?? ''] ?? '${}');
  return (view, completion, _from, to) => {
    // The quotes that are there go, the template brings its own.
    const from = writing.quoted ? writing.from - 1 : writing.from;
    const isClosed = writing.quoted && view.state.sliceDoc(to, to + 1) === '"';
    snippet(`${JSON.stringify(key)}: ${value}`)(view, completion, from, isClosed ? to + 1 : to);
  };
}

function put(view: EditorView, { from, to, quoted }: Writing, text: string): void {
  const end = Math.max(to, view.state.selection.main.head);
  const isOpen = quoted && view.state.sliceDoc(end, end + 1) !== '"';
  view.dispatch({
    changes: { from, to: end, insert: isOpen ? `${text}"` : text },
    selection: EditorSelection.cursor(from + text.length),
    userEvent: 'input.complete',
  });
}

function typeOf(schemas: Schemas): string | undefined {
  const names: Readonly<Record<string, string>> = { string: 'text', array: 'list', integer: 'number' };
  const types = schemas
    .flatMap(({ type }): readonly (Json | undefined)[] => (isList(type) ? type : [type]))
    .filter((type) => typeof type === 'string');
  const [first, ...others] = [...new Set(types.filter((type) => type !== 'null').map((type) => names[type] ?? type))];
  // A placeholder may stand for anything, and numbers may be written as text: that says nothing of what is meant.
  return others.length === 0 || others.every((other) => other === 'text') ? first : undefined;
}

function childOf(value: Json | undefined, key: string | number): Json | undefined {
  if (isList(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
