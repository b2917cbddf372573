import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '../../src/recipes/message.ts';
import { readRecipe } from '../../src/recipes/read.ts';
import { validateRecipe } from '../../src/recipes/validate.ts';
import { delayClasses, names } from '../../src/services/names.ts';
import { blocksIn } from './blocks.ts';
import { read } from './documents.ts';

const document = read('docs/other-languages.md');
const blocks = blocksIn(document);
const shown = blocks.filter(({ language }) => language === 'python').map(({ text }) => text);

describe('docs/other-languages.md', () => {
  it('shows the program in Python as it is', () => {
    expect(shown).toContain(read('examples/languages/scan_peak.py'));
  });

  it('shows the class of the service of Zocalo’s as it is', () => {
    const source = read('examples/languages/scan_peak_workflows.py');
    expect(shown).toContain(source.slice(source.indexOf('class ScanPeak')));
  });

  it('shows a recipe that is valid, and a message to a step that can be read', () => {
    const [recipe, message] = blocks.filter(({ language }) => language === 'json');
    const { recipe: found, findings } = readRecipe(recipe?.text ?? '', 'other-languages.md');
    expect(() => validateRecipe(found)).not.toThrow();
    expect(findings).toEqual([]);
    expect(parseEnvelope(message?.text ?? '')).toMatchObject({ pointer: 2, path: [1], payload: { file: 'scan.txt' } });
  });

  it('names the queues of Baton’s own that others send to', () => {
    for (const name of [names.ledger, names.status, names.command]) expect(document).toContain(`\`${name}\``);
    expect(delayClasses.map(String)).toEqual(expect.arrayContaining(['0.125', '0.25', '0.5', '4096']));
    expect(document).toContain(`0.125, 0.25, 0.5, … ${String(delayClasses.at(-1))}`);
  });
});
