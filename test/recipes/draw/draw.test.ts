import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../../src/recipes/draw/layout.ts';
import { drawMermaid } from '../../../src/recipes/draw/mermaid.ts';
import { pictureOf } from '../../../src/recipes/draw/picture.ts';
import { drawSvg } from '../../../src/recipes/draw/svg.ts';
import { drawTree } from '../../../src/recipes/draw/tree.ts';
import type { Recipe } from '../../../src/recipes/recipe.ts';
import { frozen, validRecipe } from '../arbitraries.ts';

const recipe: Recipe = frozen({
  '1': { service: 'File watcher', queue: 'filewatcher', output: { every: 2, last: 2, timeout: 4 } },
  '2': { queue: 'analysis', output: 3, error: { broken: 4, default: 3 }, retry: { attempts: 5 } },
  '3': { service: 'Join "all" <of> them', queue: 'join', join: { count: '{frames}' }, output: [4] },
  '4': { service: 'Alarm', topic: 'alarm', when: { x: 1 } },
  start: [[1, []]],
  error: [4],
});

describe('the picture of a recipe', () => {
  it('is a tree in the terminal, in which each step stands once', () => {
    expect(drawTree(pictureOf(recipe))).toEqual([
      'start',
      '└──▶ 1 File watcher  filewatcher',
      '   ├─ every, last ─▶ 2 analysis  5 attempts',
      '   │  ├──▶ 3 Join "all" <of> them  join · joins {frames}',
      '   │  │  └──▶ 4 Alarm  alarm · when …',
      '   │  ├─ error broken ─▶ 4 Alarm ↑',
      '   │  └─ error default ─▶ 3 Join "all" <of> them ↑',
      '   └─ timeout ─▶ 4 Alarm ↑',
      'any other failure',
      '└──▶ 4 Alarm ↑',
    ]);
  });

  it('fits a terminal of 80 columns: of long names the beginning is shown, the details are cut first', () => {
    const long = 'A service whose name is rather long';
    const lines = drawTree(
      pictureOf({
        '1': { service: long, queue: 'a.queue.with.a.long.name.{beamline}.{visit}', output: { 'a-long-channel': 2 } },
        '2': { service: `${long}, and longer than any line of a terminal could ever be`, queue: 'b' },
        start: [[1, []]],
      }),
    );
    expect(lines[1]).toBe(`└──▶ 1 ${long}  a.queue.with.a.long.name.{beamline}…`);
    expect(lines[2]).toMatch(/^ {3}└─ a-long-channel ─▶ 2 A service whose name .*…$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is Mermaid text, whatever the names hold', () => {
    expect(drawMermaid(pictureOf(recipe))).toBe(
      [
        'flowchart TD',
        '  step_start(["start"])',
        '  step_1["1 File watcher<br>filewatcher"]',
        '  step_2["2 analysis<br>5 attempts"]',
        '  step_3["3 Join #34;all#34; #60;of#62; them<br>join<br>joins #123;frames#125;"]',
        '  step_4["4 Alarm<br>alarm<br>when …"]',
        '  step_error(["any other failure"])',
        '  step_start --> step_1',
        '  step_1 -->|"every, last"| step_2',
        '  step_1 -->|"timeout"| step_4',
        '  step_2 --> step_3',
        '  step_2 -.->|"error broken"| step_4',
        '  step_2 -.->|"error default"| step_3',
        '  step_3 --> step_4',
        '  step_error -.-> step_4',
        '',
      ].join('\n'),
    );
  });

  it('is SVG that stands alone, with every step, channel and name', () => {
    const svg = drawSvg(pictureOf(recipe), 'a & b');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+(?:\.5)? \d+"/);
    expect(svg).toContain('<title>a &#38; b</title>');
    expect(svg).toContain('>3 Join &#34;all&#34; &#60;of&#62; them</text>');
    expect(svg).toContain('>every, last</text>');
    expect(svg.match(/<rect /g)).toHaveLength(6);
    expect(svg.match(/<path class="edge/g)).toHaveLength(8);
    expect(svg).not.toMatch(/href|src=|@import/);
  });

  it('of any recipe has all of its steps, in rows from above to below', () => {
    fc.assert(
      fc.property(validRecipe, (any) => {
        const picture = pictureOf(any);
        const { rows, routes } = layOut(picture);
        const row = new Map(rows.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
        expect(picture.nodes.every(({ id }) => row.has(id))).toBe(true);
        for (const { through } of routes) {
          const passed = through.map((id) => row.get(id) ?? -1);
          expect(passed).toEqual(passed.map((_, index) => (passed[0] ?? 0) + index));
        }
        expect(drawSvg(picture, '')).not.toMatch(/NaN|undefined|Infinity/);
        expect(drawTree(picture).filter((line) => !line.endsWith('↑'))).toHaveLength(picture.nodes.length);
      }),
    );
  });

  it('of a long chain of steps is drawn without recursion', () => {
    const steps = Array.from({ length: 5_000 }, (_, index) => [
      index + 1,
      { queue: 'q', output: index < 4_999 ? index + 2 : [] },
    ]);
    const chain = { ...(Object.fromEntries(steps) as object), start: [[1, []]] } as unknown as Recipe;
    expect(layOut(pictureOf(chain)).rows).toHaveLength(5_001);
    expect(drawTree(pictureOf(chain))).toHaveLength(5_001);
  });
});
