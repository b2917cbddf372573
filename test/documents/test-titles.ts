import ts from 'typescript';
import { read } from './documents.ts';

/** Whether a file declares a test of that title. In the titles of `it.each`, `%s` and `$name` stand for anything. */
export function declaresTest(path: string, title: string): boolean {
  return titlesIn(path).some((written) => patternOf(written).test(title));
}

function titlesIn(path: string): readonly string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

function patternOf(title: string): RegExp {
  const parts = title.split(/%[sdijo]|\$\w+/);
  return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join('.+')}$`);
}

/** `it(…)`, `test(…)`, `it.each(…)(…)`, `it.concurrent(…)`; but not what is skipped. */
function isTest(called: ts.Expression): boolean {
  return /^(it|test)(\.each\b|\.runIf\b|\.concurrent$|$)/.test(called.getText());
}
