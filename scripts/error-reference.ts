import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { checkout } from './prepare.ts';

/** One definition of a kind of error, as it stands in the source. */
export interface ErrorEntry {
  /** The `errors.ts` it stands in, from the checkout. */
  readonly file: string;
  readonly code: string;
  /** The sentence of its comment. */
  readonly meaning: string;
  /** What it says, with `…` for what is filled in; empty where the message is put together by a function. */
  readonly message: string;
  readonly next: string;
}

/** All errors that the source defines, in the order of files and, inside, as they stand. */
export function errorEntries(): ErrorEntry[] {
  const files = globSync('src/**/errors.ts', { cwd: checkout }).filter((file) => file !== 'src/core/errors.ts');
  return files.sort().flatMap((file) => entriesIn(file));
}

/** The text of docs/errors.md. */
export async function errorReference(): Promise<string> {
  const sections = Object.entries(Object.groupBy(errorEntries(), ({ file }) => dirname(file).replace('src/', '')));
  const text = sections.map(([folder, entries = []]) => `## ${folder}\n\n${entries.map(paragraph).join('\n')}`);
  return await format(`${preface}\n${text.join('\n')}`, { ...(await resolveConfig(checkout)), parser: 'markdown' });
}

const preface = `# Errors

Each error carries a \`code\` that stays the same from release to release; what to do about it stands in its \`next\`, which the
command line and the REST interface show beside the message. This page is written by \`npm run docs\` from the \`errors.ts\` of
each folder.
`;

function paragraph({ code, meaning, message, next }: ErrorEntry): string {
  const says = message === '' ? '' : `\n> ${message}\n`;
  return `### \`${code}\`\n\n${meaning}\n${says}\n**What to do:** ${next}\n`;
}

function entriesIn(file: string): ErrorEntry[] {
  const source = ts.createSourceFile(file, readFileSync(join(checkout, file), 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) =>
    statement.declarationList.declarations.flatMap(({ initializer }) => {
      if (initializer === undefined || !ts.isCallExpression(initializer)) return [];
      const [code, message, next] = initializer.arguments;
      if (initializer.expression.getText() !== 'defineError' || !code || !message || !next) return [];
      return [
        { file, code: textOf(code), meaning: commentOn(statement), message: messageOf(message), next: textOf(next) },
      ];
    }),
  );
}

function commentOn(statement: ts.Statement): string {
  const [comment] = ts.getJSDocCommentsAndTags(statement);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? '').replace(/\s+/g, ' ');
}

/** The template that the message's function returns, with an ellipsis for each thing filled in. */
function messageOf(build: ts.Expression): string {
  if (!ts.isArrowFunction(build)) return '';
  return textOf(build.body);
}

function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  return '';
}
