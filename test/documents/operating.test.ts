import { globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { blocksIn } from './blocks.ts';
import { checkout, read } from './documents.ts';

/** Symptoms, as the first column of the table tells them. */
const symptoms = read('docs/operating.md')
  .split('\n## When something is wrong\n')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (symptom|-|\*\*)/.test(line))
  .map((line) => line.split(' | ')[0]?.slice(2).trim() ?? '');

/** What Baton may write: its source, with anything in the place of what is filled in. */
const source = globSync('src/**/*.ts', { cwd: checkout })
  .map((file) => read(file).replaceAll(/\$\{[^}]*\}/g, '…'))
  .join('\n');

describe('docs/operating.md', () => {
  it('shows configurations that are valid', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'baton.yaml');
    await mkdir(join(folder.path, 'secrets'));
    await writeFile(join(folder.path, 'secrets/baton'), 'passcode');
    const blocks = blocksIn(read('docs/operating.md')).filter(({ language }) => language === 'yaml');
    for (const { text } of blocks) {
      await writeFile(file, text);
      await loadConfig(file, {}, { shippedRecipes: '/recipes', workingFolder: folder.path });
    }
    expect(blocks).not.toEqual([]);
  });

  it('helps with many symptoms', () => expect(symptoms?.length).toBeGreaterThan(30));

  it('quotes messages that Baton writes', () => {
    const quoted = symptoms?.flatMap((symptom) => Array.from(symptom.matchAll(/`([^`]+)`/g), ([, text = '']) => text));
    const parts = quoted?.filter(isSentence).flatMap((text) => text.split('…').map((part) => part.trim()));
    expect(parts?.filter((part) => !source.includes(part))).toEqual([]);
  });

  it('quotes findings of the doctor that it has', () => {
    const told = Array.from(
      read('docs/operating.md').matchAll(/`npx baton doctor`: (_[^|]+_)/g),
      ([, text = '']) => text,
    );
    const findings = told.flatMap((text) => Array.from(text.matchAll(/_([^_]+)_/g), ([, finding = '']) => finding));
    expect(findings.length).toBeGreaterThan(5);
    expect(findings.filter((finding) => !source.includes(finding))).toEqual([]);
  });
});

/** Not a command, a state or a line of somebody else’s protocol. */
function isSentence(text: string): boolean {
  return text.includes(' ') && !text.startsWith('baton ') && !text.startsWith('HTTP/');
}
