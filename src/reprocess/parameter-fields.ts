import { Ajv } from 'ajv';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { parseField } from '../recipes/field.ts';
import { parseTemplate, replacedField } from '../recipes/placeholder.ts';
import { readRecipe } from '../recipes/read.ts';
import type { DescribedService } from '../recipes/schema.ts';
import { badParameter } from './errors.ts';
import type { ParameterField } from './views.ts';

/** A recipe whose parameters are to be edited. */
export interface RecipeText {
  readonly name: string;
  readonly text: string;
}

/** A parameter that recipes use: where, and the schema of the service that gets it as it is. */
interface Use {
  readonly where: string[];
  schema?: JsonObject;
}

/** Values shown of each. */
const valuesAtMost = 5;
/** More parameters are not for a form. */
const fieldsAtMost = 200;

/** The parameters that recipes use, and then those that announcements give beside them. */
export function parameterFields(
  recipes: readonly RecipeText[],
  services: readonly DescribedService[],
  announcements: readonly JsonObject[],
): readonly ParameterField[] {
  const uses = usesIn(recipes, services);
  const values = valuesIn(announcements);
  const names = [...new Set([...uses.keys(), ...values.keys()])].filter((name) => !isReserved(name));
  return names.slice(0, fieldsAtMost).map((name) => fieldOf(name, uses.get(name), values.get(name)));
}

/** Holds edited parameters to what the form says of them. Throws `reprocess.bad-parameter`. */
export function checkParameters(
  parameters: JsonObject,
  recipes: readonly RecipeText[],
  services: readonly DescribedService[],
): void {
  const uses = usesIn(recipes, services);
  for (const [name, value] of Object.entries(parameters)) {
    if (isReserved(name))
      throw badParameter({ name, reason: 'it belongs to the announcement itself, and each run gets its own' });
    const schema = uses.get(name)?.schema;
    const problem = schema && problemOf(schema, value);
    if (problem !== undefined) throw badParameter({ name, reason: problem });
  }
}

/** What an announcement tells the dispatcher, and the id of the run. */
function isReserved(name: string): boolean {
  return name === 'guid' || name.startsWith('dispatcher_');
}

function usesIn(recipes: readonly RecipeText[], services: readonly DescribedService[]): Map<string, Use> {
  const uses = new Map<string, Use>();
  const byQueue = new Map(services.map((service) => [service.queue, service]));
  for (const { name, text } of recipes) {
    for (const [step, value] of Object.entries(recipeIn(name, text))) {
      const service = isObject(value) && typeof value['queue'] === 'string' ? byQueue.get(value['queue']) : undefined;
      collect(value, `${name}, ${step === 'start' ? step : `step ${step}`}`, service, uses);
    }
  }
  return uses;
}

/** A recipe that cannot be read has no parameters to show: the dispatcher will say what is wrong with it. */
function recipeIn(name: string, text: string): JsonObject {
  try {
    const { recipe } = readRecipe(text, name);
    return isObject(recipe) ? recipe : {};
  } catch {
    return {};
  }
}

function collect(step: Json, where: string, service: DescribedService | undefined, uses: Map<string, Use>): void {
  const parameters = isObject(step) && isObject(step['parameters']) ? step['parameters'] : {};
  for (const name of namesIn(step)) {
    const use = uses.get(name) ?? { where: [] };
    uses.set(name, use);
    const handed = Object.entries(parameters).find(([, value]) => wholeName(value) === name)?.[0];
    const property = handed === undefined ? undefined : propertyOf(service, handed);
    if (property) use.schema ??= property;
    const words = handed === undefined ? where : `${where}: ${handed}`;
    if (!use.where.includes(words) && use.where.length < valuesAtMost) use.where.push(words);
  }
}

function propertyOf(service: DescribedService | undefined, name: string): JsonObject | undefined {
  const properties = service?.parameters['properties'];
  const property = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(property) ? property : undefined;
}

/** The name of the parameter that a text is as a whole. */
function wholeName(value: Json): string | undefined {
  if (typeof value !== 'string') return undefined;
  const replaced = replacedField(value) ?? /^\{([^{}[\]!:$]+)\}$/.exec(value)?.[1];
  return replaced === undefined || replaced.includes('[') ? undefined : replaced;
}

function namesIn(value: Json): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (inner: Json): void => {
    if (typeof inner === 'string') for (const name of namesInText(inner)) names.add(name);
    else if (Array.isArray(inner)) for (const each of inner as readonly Json[]) look(each);
    else if (isObject(inner))
      for (const [key, each] of Object.entries(inner)) {
        look(key);
        look(each);
      }
  };
  look(value);
  return names;
}

function namesInText(text: string): readonly string[] {
  if (!text.includes('{')) return [];
  const replaced = replacedField(text);
  const fields = replaced === undefined ? templateFields(text) : [replaced];
  return fields.flatMap((field) => parseField(field)?.[0] ?? []);
}

/** Text that is no template has no parameters; the linter tells what is wrong with it. */
function templateFields(text: string): readonly string[] {
  const broken = new Error('no template');
  try {
    const parts = parseTemplate(text, () => {
      throw broken;
    });
    return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.field, ...templateFields(part.spec)]));
  } catch (error) {
    if (error === broken) return [];
    throw error;
  }
}

/** How often each value occurs, by the parameter. */
function valuesIn(announcements: readonly JsonObject[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const [name, value] of announcements.flatMap((parameters) => Object.entries(parameters))) {
    const values = found.get(name) ?? new Map<string, number>();
    const text = JSON.stringify(value);
    values.set(text, (values.get(text) ?? 0) + 1);
    found.set(name, values);
  }
  return found;
}

function fieldOf(name: string, use: Use | undefined, values: ReadonlyMap<string, number> = new Map()): ParameterField {
  const { schema = {}, where: usedBy = [] } = use ?? {};
  const frequent = [...values].sort(([, a], [, b]) => b - a).map(([text]) => JSON.parse(text) as Json);
  const { description, enum: choices, minimum, maximum } = schema;
  const type = typeOf(schema['type'] ?? null) ?? typeOfValues(frequent);
  return {
    ...{
      name,
      usedBy,
      values: frequent.slice(0, valuesAtMost),
      givenBy: [...values.values()].reduce((a, b) => a + b, 0),
    },
    ...(type === undefined ? {} : { type }),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(choices) ? { choices } : {}),
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
  };
}

function typeOf(type: Json): ParameterField['type'] {
  return type === 'number' || type === 'integer' || type === 'string' || type === 'boolean' ? type : undefined;
}

function typeOfValues(values: readonly Json[]): ParameterField['type'] {
  const [first, ...others] = new Set(values.map((value) => typeof value));
  return others.length === 0 ? typeOf(first ?? null) : undefined;
}

/** As the service reads it: texts of numbers are numbers. */
function problemOf(schema: JsonObject, value: Json): string | undefined {
  try {
    const validate = new Ajv({ coerceTypes: true, strict: false }).compile({
      type: 'object',
      properties: { value: schema },
    });
    if (validate({ value })) return undefined;
    const { message = 'it is not what the service takes', params = {} } = validate.errors?.[0] ?? {};
    const allowed: unknown = params['allowedValues'];
    return `${message}${Array.isArray(allowed) ? ` (${allowed.join(', ')})` : ''}`;
  } catch {
    // A schema that its author got wrong holds nobody to anything; `baton recipe lint` tells of it.
    return undefined;
  }
}
