/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  /** What stands behind the language, in words. */
  readonly marks: readonly string[];
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

const fence = /^( *)```(\S*)(.*)\n((?:.*\n)*?)\1```$/gm;

/** The fenced blocks of a Markdown text, in order. */
export function blocksIn(markdown: string): Block[] {
  return Array.from(markdown.matchAll(fence), ({ 2: language = '', 3: marks = '', 4: text = '', index }) => ({
    language,
    marks: marks.split(' ').filter(Boolean),
    text,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** The text without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(fence, '');
}
