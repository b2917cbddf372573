import { describe, expect, it } from 'vitest';
import { differences } from '../conformance/broker/differences.ts';
import { read } from './documents.ts';
import { declaresTest } from './test-titles.ts';

const text = read('docs/conformance.md');
const links = Array.from(text.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g), ([, title = '', file = '']) => ({
  title,
  file,
}));

describe('docs/conformance.md', () => {
  it('names tests by the titles that they have', () => {
    const tests = links.filter(({ title }) => !title.startsWith('`'));
    expect(tests.length).toBeGreaterThan(60);
    expect(tests.filter(({ file, title }) => !declaresTest(file, title))).toEqual([]);
  });

  it('says of every difference why', () => {
    const flat = text.replaceAll('\\|', '|');
    const missing = Object.entries(differences).filter(
      ([name, { reason }]) => !flat.includes(`\`${name}\``) || !flat.includes(reason),
    );
    expect(missing).toEqual([]);
  });
});
