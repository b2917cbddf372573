import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { formatRecipe } from '../../src/recipes/format.ts';
import { mergeRecipes } from '../../src/recipes/merge.ts';
import { printRecipe, readRecipe } from '../../src/recipes/read.ts';
import { substitute } from '../../src/recipes/substitute.ts';
import { findProblems } from '../../src/recipes/validate.ts';

const folder = new URL('real/', import.meta.url);
const files = readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), 'utf8')] as const);

/** What a facility's dispatcher finds out about a data collection. */
const parameters = {
  ispyb_dcid: 16085800,
  ispyb_beamline: 'i99',
  ispyb_image_first: 1,
  ispyb_image_last: 360,
  ispyb_dc_info: { imageDirectory: '/data/', endTime: null },
  ispyb_related: { sweeps: [[1, 1, 360]] },
  feedback_queue: 'feedback.session-7',
  binning: 4,
  manual_tilt_offset: '-12.25',
  partition: 'gpu',
  settle_time: '30',
};

describe.each(files)('the recipe %s, with all that real ones have,', (file, text) => {
  const { recipe, findings } = readRecipe(text, file);

  it('is read with findings for what counts twice only, and is valid', () => {
    expect(findings.every(({ rule }) => rule === 'duplicate-key')).toBe(true);
    expect(findProblems(recipe)).toEqual([]);
  });

  it('is the same after it was laid out, or printed and read again', () => {
    const formatted = readRecipe(formatRecipe(text, file), file);
    expect(formatted.recipe).toEqual(recipe);
    expect(formatted.findings.map(({ rule }) => rule)).toEqual(findings.map(({ rule }) => rule));
    expect(readRecipe(printRecipe(recipe), file).recipe).toEqual(recipe);
  });

  it('can be filled in, and then still be run', () => {
    expect(findProblems(substitute(recipe as Recipe, parameters), { isSubstituted: true })).toEqual([]);
  });

  it('can be merged with each of the others', () => {
    for (const [name, other] of files) {
      const merged = mergeRecipes(recipe as Recipe, readRecipe(other, name).recipe as Recipe);
      expect(findProblems(merged)).toEqual([]);
    }
  });
});
