import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, drawingOf } from '../../web/src/recipe/drawing.ts';
import { graphOf } from '../../web/src/recipe/graph.ts';
import { layOut } from '../../web/src/recipe/layout.ts';
import { gridScan, rotation } from './fixture/recipes.ts';

describe('the picture of a recipe', () => {
  it('reads every form of link that recipes have', () => {
    const { steps, links } = graphOf({
      1: { queue: 'a', output: 2 },
      2: { service: 'B', queue: 'b', output: [3, '4'], error: 4 },
      3: { topic: 'c', output: { done: 4, also: [4], gone: 9 } },
      4: { join: { count: 2 }, comment: 'the last' },
      start: [[1, []]],
      error: 4,
    });
    expect(steps.map(({ name }) => name)).toEqual(['a', 'B', 'c', 'step 4']);
    expect(steps.map(({ starts, joins }) => [starts, joins])).toEqual([
      [true, false],
      [false, false],
      [false, false],
      [false, true],
    ]);
    expect(links).toEqual([
      { from: 1, to: 2, channels: [], error: false },
      { from: 2, to: 3, channels: [], error: false },
      { from: 2, to: 4, channels: [], error: false },
      { from: 2, to: 4, channels: [], error: true },
      { from: 3, to: 4, channels: ['done', 'also'], error: false },
    ]);
  });

  it('draws the plain flow straight', () => {
    const { steps } = layOut(graphOf(gridScan));
    const across = [1, 2, 3].map((step) => steps.get(step)?.across);
    expect(new Set(across).size).toBe(1);
  });

  it('lays out any graph: each link leads forward, and no two steps lie on each other', () => {
    const recipes = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(recipes, (outputs) => {
        // Links to later steps only: a recipe has no cycles.
        const recipe = Object.fromEntries(
          outputs.map((output, step) => [step, { output: output.filter((to) => to > step) }]),
        );
        const layout = layOut(graphOf(recipe));
        for (const { places } of layout.routes) {
          for (const [index, place] of places.slice(1).entries())
            expect(place.layer).toBe((places[index]?.layer ?? 0) + 1);
        }
        const places = [...layout.steps.values()];
        for (const [index, one] of places.entries()) {
          expect(one.across).toBeGreaterThanOrEqual(-1e-9);
          expect(one.across).toBeLessThanOrEqual(layout.breadth + 1e-9);
          for (const other of places.slice(index + 1)) {
            if (one.layer === other.layer) expect(Math.abs(one.across - other.across)).toBeGreaterThan(1 - 1e-9);
          }
        }
      }),
    );
  });

  it('draws a recipe that is not one, with its cycles', () => {
    const { steps, routes } = layOut(graphOf({ 1: { output: 2 }, 2: { output: [1, 2] }, start: 'nonsense' }));
    expect(steps.size).toBe(2);
    expect(routes).toHaveLength(3);
    expect(layOut(graphOf({})).steps.size).toBe(0);
  });

  it('goes from left to right where there is room, and down a phone', () => {
    const layout = layOut(graphOf(gridScan));
    const [wide, narrow] = [drawingOf(layout, 1200), drawingOf(layout, 350)];
    expect(wide.width).toBeGreaterThan(wide.height);
    expect(wide.scale).toBe(1);
    expect(narrow.width).toBeLessThan(4 * box.width);
    expect(drawingOf(layOut(graphOf(rotation)), 1200).width).toBeGreaterThan(7 * box.width);
  });
});
