import { format, resolveConfig } from 'prettier';
import { configSchema } from '../src/config/schema.ts';
import { isObject, type Json, type JsonObject } from '../src/core/json.ts';
import { checkout } from './prepare.ts';

/** The text of docs/configuration.md, from the schema of `baton.yaml`. */
export async function configurationReference(): Promise<string> {
  const rows = rowsOf(configSchema, []);
  const table = ['| key | value | where absent | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return await format(`${preface}\n${table}\n`, { ...(await resolveConfig(checkout)), parser: 'markdown' });
}

const preface = `# Configuration

Everything has a default, so a site that runs alone needs no file. What differs stands in a YAML file, by convention
\`baton.yaml\`, that is named with \`--config FILE\` or the environment variable \`BATON_CONFIG\`. The options \`--broker\`, \`--store\`,
\`--stomp\` and \`--http\` of the [command line](cli.md) count before it. Relative paths are relative to the file.

A key that is not known is refused, with the one that was probably meant. \`npx baton doctor\` checks the whole set-up.

\`\`\`yaml
# A site with a broker of its own, recipes in a folder beside this file, and a service.
broker:
  url: stomp://baton:secret@activemq.example.org:61613/zocalo
store: /srv/baton
page:
  host: baton.example.org
  tls: { key: secrets/key.pem, cert: secrets/cert.pem }
recipes: recipes
modules: [services/checksum.ts]
processes:
  light: [file-watch, xray-centring, record-result, checksum]
  analysis: [per-image-analysis]
services:
  per-image-analysis:
    concurrency: 16
    settings: { threads: 8 }
\`\`\`

Two hosts that share the work have the same broker, and each a file that names its own processes.

## All keys

This table is written by \`npm run docs\` from the schema that the file is checked with. \`<name>\` stands for a name of your choice,
under \`services\` for that of a service.
`;

/** Stands for whatever a site calls it. */
const anyName = '<name>';

/** One row for each key that holds a value, by its path; what describes a group describes its keys. */
function rowsOf(schema: JsonObject, path: readonly string[], about = ''): string[] {
  return childrenOf(schema).flatMap(([name, child]) => {
    const key = [...path, name];
    const described = textOf(child, 'description') || about;
    if (childrenOf(child).length > 0) return rowsOf(child, key, described);
    const { default: standard = child['default'] } = name === anyName ? schema : child;
    return [row(child, standard, key, described)];
  });
}

function childrenOf({ properties, additionalProperties }: JsonObject): [string, JsonObject][] {
  const named = Object.entries(isObject(properties) ? properties : {}).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  return isObject(additionalProperties) ? [...named, [anyName, additionalProperties]] : named;
}

function row(schema: JsonObject, standard: Json | undefined, path: readonly string[], described: string): string {
  const fallback = standard === undefined ? '' : `\`${valueText(standard)}\``;
  return `| \`${path.join('.')}\` | ${kindOf(schema)} | ${fallback} | ${described} |`;
}

function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function kindOf({ type, enum: values, minimum, maximum, items }: JsonObject): string {
  if (Array.isArray(values)) return values.map((value: Json) => `\`${valueText(value)}\``).join(', ');
  if (type === 'array') return `list of ${kindOf(isObject(items) ? items : {})}`;
  const bounds =
    minimum === undefined
      ? ''
      : maximum === undefined
        ? ` from ${valueText(minimum)}`
        : ` ${valueText(minimum)} to ${valueText(maximum)}`;
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'number',
    boolean: 'true or false',
    object: 'keys',
  };
  const kinds = [type ?? []].flat().map((kind: Json) => words[valueText(kind)] ?? valueText(kind));
  return `${kinds.join(' or ') || 'any'}${bounds}`;
}

function textOf(schema: JsonObject, key: string): string {
  const text = schema[key];
  return typeof text === 'string' ? text : '';
}
