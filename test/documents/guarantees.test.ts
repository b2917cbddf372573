import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, read } from './documents.ts';
import { declaresTest } from './test-titles.ts';

const [promises = '', exceptions = ''] = read('docs/guarantees.md').split('\n## What is not promised\n');
const rows = promises.split('\n').filter((line) => line.startsWith('| ') && !/^\| (promise|what fails|-+) /.test(line));

describe('docs/guarantees.md', () => {
  it('promises something', () => expect(rows.length).toBeGreaterThan(40));

  it('says of every promise which test shows it', () => {
    expect(rows.filter((row) => testsIn(row).length === 0)).toEqual([]);
  });

  it('names tests by the titles that they have', () => {
    expect(testsIn(promises).filter((test) => !isThere(test))).toEqual([]);
  });

  it('says what is not promised', () => expect(exceptions).toContain('**Effects exactly once.**'));
});

interface NamedTest {
  readonly title: string;
  readonly file: string;
}

/** Every link to a test file, whose text is the title of a test in it. */
function testsIn(text: string): NamedTest[] {
  const links = text.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g);
  return Array.from(links, ([, title = '', file = '']) => ({ title, file }));
}

function isThere({ title, file }: NamedTest): boolean {
  return existsSync(join(checkout, file)) && declaresTest(file, title);
}
