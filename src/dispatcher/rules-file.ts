import { Ajv2020 } from 'ajv/dist/2020.js';
import { isMap, isNode, isPair, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { Json, JsonObject } from '../core/json.ts';
import type { Path } from '../recipes/problem.ts';
import { schemaProblem } from '../recipes/schema-problem.ts';
import { badRules } from './errors.ts';

/** One rule as it is written. */
export interface RuleText {
  readonly name: string;
  readonly description?: string;
  readonly when?: JsonObject;
  readonly recipes: readonly string[];
  readonly key?: readonly string[];
  readonly parameters?: JsonObject;
  readonly ready?: { readonly files?: readonly string[]; readonly parameters?: readonly string[] };
}

/** The rules of a file, with the line of each place in it. */
export interface RulesFile {
  readonly rules: readonly RuleText[];
  /** The line, from 1, of a place in the file; of the nearest place around it where it is not there. */
  readonly lineOf: (path: Path) => number;
}

/** Reads the YAML text of a rules file and holds it to its schema. Throws `dispatcher.bad-rules`. */
export function readRulesFile(text: string, file: string): RulesFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  if (document.errors.length > 0) {
    const syntax = document.errors.map(({ pos, message }) => `line ${lineAt(pos[0])}: ${message.replace(/\.$/, '')}`);
    throw badRules({ file, problems: syntax });
  }
  const value = (document.toJS() ?? {}) as Json;
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  if (isRulesText(value)) return { rules: value.rules, lineOf };
  const problems = (isRulesText.errors ?? []).map(schemaProblem);
  throw badRules({
    file,
    problems: problems.map(({ path, message }) => `line ${lineOf(path)}${place(path)}: ${message}`),
  });
}

/** JSON Schema (draft 2020-12) of `rules.yaml`, for editors, too. */
const rulesSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'rules.yaml',
  type: 'object',
  required: ['rules'],
  additionalProperties: false,
  properties: {
    rules: {
      type: 'array',
      description: 'Which recipes run for which announcements; every rule is tried, and several may fire.',
      items: {
        type: 'object',
        required: ['name', 'recipes'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1, description: 'Unique; stands in messages and on the status page.' },
          description: { type: 'string', description: 'What the rule is for.' },
          when: {
            type: 'object',
            description:
              'Conditions by parameter of the announcement (name or name[key]), all of which must be met: a value, a list of values, or a JSON Schema. Absent: every announcement.',
          },
          recipes: {
            type: 'array',
            items: { type: 'string' },
            description: 'Names of recipes to run. Empty: the announcement is accepted, and nothing runs.',
          },
          key: {
            type: 'array',
            items: { type: 'string' },
            minItems: 1,
            uniqueItems: true,
            description:
              'Parameters of the announcement (name or name[key]) that tell it from others: of those that have the same values, one starts a run.',
          },
          parameters: {
            type: 'object',
            description:
              'Parameters for these recipes, beside those of the announcement, which win. {name} is filled in.',
          },
          ready: {
            type: 'object',
            description: 'What must be there before the recipes start; the announcement waits for it.',
            additionalProperties: false,
            properties: {
              files: { type: 'array', items: { type: 'string' }, description: 'Paths; {name} is filled in.' },
              parameters: { type: 'array', items: { type: 'string' }, description: 'Names of parameters.' },
            },
          },
        },
      },
    },
  },
};

// A schema of our own: every command would check it anew.
const isRulesText = new Ajv2020({ allErrors: true, verbose: true, validateSchema: false }).compile<{
  rules: readonly RuleText[];
}>(rulesSchema);

/** `, rule 2, "when"`: the place in words, below the list of rules. */
function place(path: Path): string {
  const [, index, ...inner] = path;
  if (typeof index !== 'number') return path.map((key) => `, "${key}"`).join('');
  return [
    `, rule ${index + 1}`,
    ...inner.map((key) => (typeof key === 'number' ? `entry ${key + 1}` : `"${key}"`)),
  ].join(', ');
}

/** Where a place begins: of a key in a map, where the key stands. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    const next = isMap(node) ? node.items.find(({ key }) => String(key) === String(part)) : itemOf(node, part);
    const start: unknown = isPair(next) ? next.key : next;
    if (!isNode(start)) break;
    offset = start.range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function itemOf(node: unknown, part: string | number): unknown {
  return isSeq(node) && typeof part === 'number' ? node.items[part] : undefined;
}
