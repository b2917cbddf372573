import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proseOf } from './blocks.ts';
import { checkout, documents, read } from './documents.ts';

describe.each(documents)('%s', (path) => {
  it('links to what is there', () => {
    const broken = linksIn(path).filter((link) => !leadsSomewhere(path, link));
    expect(broken).toEqual([]);
  });
});

it('every document can be reached from the README', () => {
  const reached = new Set<string>();
  const open = ['README.md'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    if (path.endsWith('.md')) open.push(...linksIn(path).map(fileOf.bind(undefined, path)).flatMap(withContents));
  }
  expect(documents.filter((path) => !reached.has(path))).toEqual([]);
});

/** The links of a document to other files and to its own sections, as written. */
function linksIn(path: string): string[] {
  const prose = proseOf(read(path)).replaceAll(/`[^`\n]*`/g, 'code');
  const links = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(path: string, link: string): boolean {
  const [, anchor] = link.split('#');
  const file = fileOf(path, link);
  if (!existsSync(join(checkout, file))) return false;
  return anchor === undefined || sectionsOf(file).includes(anchor);
}

function fileOf(path: string, link: string): string {
  const [file = ''] = link.split('#');
  return file === '' ? path : relative('.', join(dirname(path), file));
}

/** A folder stands for the documents in it. */
function withContents(path: string): readonly string[] {
  if (!statSync(join(checkout, path)).isDirectory()) return [path];
  return documents.filter((document) => document.startsWith(`${path}/`));
}

/** The anchors that GitHub makes of a document's headings. */
function sectionsOf(path: string): string[] {
  const headings = Array.from(proseOf(read(path)).matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading);
  return headings.map((heading) => {
    const plain = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
    return plain.trim().replaceAll(/\s/g, '-');
  });
}
