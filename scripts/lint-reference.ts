import { format, resolveConfig } from 'prettier';
import { BatonError } from '../src/core/errors.ts';
import { formatRecipe } from '../src/recipes/format.ts';
import type { Rule } from '../src/recipes/lint/rule.ts';
import { rules } from '../src/recipes/lint/rules.ts';
import { checkout } from './prepare.ts';

/** The text of docs/lint.md, from the rules themselves. */
export async function lintReference(): Promise<string> {
  const table = rules.map(({ id, severity, title }) => `| [\`${id}\`](#${id}) | ${severity} | ${title}. |`);
  const text = [
    preface,
    ['| rule | severity | what |', '| --- | --- | --- |', ...table].join('\n'),
    ...rules.map(section),
  ].join('\n\n');
  return await format(text, { ...(await resolveConfig(checkout)), parser: 'markdown' });
}

const preface = `# Lint

\`npx baton recipe lint FILE…\` finds what is wrong with recipes, or may be, and says where and what to do; of a folder it takes
all \`.json\` files, and without any the recipes of the site. It exits 1 when there is an error, with \`--strict\` for warnings, too.

- \`--set key=value\` and \`--announcement FILE\` give parameters: the recipes are looked at as they would run with them.
- Queues, channels and parameters are held to the services that are installed and that \`baton.yaml\` names. With \`--live\` the status
  page is asked which services it hears, and which queues are read, now.
- \`--json\` tells the findings to programs:

\`\`\`json
{"files":[{"file":"recipes/follow.json","findings":[{"rule":"unknown-channel","severity":"warning","line":6,"column":17,"message":"…","hint":"…"}]}]}
\`\`\`

Lines and columns count from 1. Of one rule at most 50 places are told in a file.

With [pre-commit](https://pre-commit.com) recipes are linted, and laid out, before they are committed. The hooks use the Baton that is
installed in the repository:

\`\`\`yaml
# .pre-commit-config.yaml
repos:
  - repo: local
    hooks:
      - id: baton-recipe-lint
        name: lint Baton recipes
        entry: npx --no-install baton recipe lint
        language: system
        files: ^recipes/.*\\.json$
      - id: baton-recipe-format
        name: lay out Baton recipes
        entry: npx --no-install baton recipe format
        language: system
        files: ^recipes/.*\\.json$
\`\`\`

This page is written by \`npm run docs\` from the rules; a test runs every example.

## Rules`;

function section({ id, severity, title, why, hint, wrong, right, given }: Rule): string {
  const parameters = given === undefined ? '' : `\n\nWith \`${JSON.stringify(given)}\`:`;
  return [
    `### ${id}`,
    `**${title}.** ${why} _(${severity})_${parameters}`,
    example(wrong),
    `${hint}`,
    example(right),
  ].join('\n\n');
}

/** As it would be laid out, where it can be read. Prettier leaves text as it is. */
function example(text: string): string {
  return `\`\`\`text\n${shortened(laidOut(text)).trimEnd()}\n\`\`\``;
}

function laidOut(text: string): string {
  try {
    return formatRecipe(text, 'example');
  } catch (error) {
    if (error instanceof BatonError) return text;
    throw error;
  }
}

function shortened(text: string): string {
  return text.replace(/(\[{10}|\]{10})[[\]]+/g, '$1…');
}
