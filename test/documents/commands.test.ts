import { describe, expect, it } from 'vitest';
import { problemsOf } from './command-lines.ts';
import { documents, read } from './documents.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe.each(documents)('%s', (path) => {
  it('names only commands of `baton`, with options that they have', () => {
    expect(commandLinesIn(path).flatMap(problemsOf)).toEqual([]);
  });

  it('names only scripts of package.json', () => {
    const named = Array.from(
      read(path).matchAll(/\bnpm (?:run ([\w-]+)|(start|test)\b)/g),
      ([, script, short = '']) => script ?? short,
    );
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

it('the README names the two commands', () => {
  const commands = Array.from(read('README.md').matchAll(/```sh\n(.*)\n```/g), ([, command]) => command);
  expect(commands).toEqual(['npm start', 'npm test']);
});

it('`npm start` is `baton start`: what the README says of its options is true', () => {
  const lines = Array.from(read('README.md').matchAll(/npm start -- ([^`]*)`/g), ([, options]) => `start ${options}`);
  expect(lines).not.toEqual([]);
  expect(lines.flatMap(problemsOf)).toEqual([]);
});

/** What stands behind `npx baton` in blocks, and behind `baton` in code. */
function commandLinesIn(path: string): string[] {
  const text = read(path).replaceAll('\\\n', ' ');
  const inBlocks = Array.from(
    text.matchAll(/(?:npx baton|bin\/baton\.mjs) ([a-z][^`\n#&]*)/g),
    ([, line = '']) => line,
  );
  const inCode = Array.from(text.matchAll(/`baton ([a-z][^`\n]*)`/g), ([, line = '']) => line);
  return [...inBlocks, ...inCode];
}
