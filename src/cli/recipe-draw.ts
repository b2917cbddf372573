import { Option, type Command } from 'commander';
import { drawMermaid } from '../recipes/draw/mermaid.ts';
import { pictureOf, type Picture } from '../recipes/draw/picture.ts';
import { drawSvg } from '../recipes/draw/svg.ts';
import { drawTree } from '../recipes/draw/tree.ts';
import { colours } from './colours.ts';
import { writeNamed } from './files.ts';
import { configOf } from './options.ts';
import { output } from './output.ts';
import { recipeNamed } from './recipe-files.ts';
import { givenParameters, instantiated, withParameters, type ParameterOptions } from './recipe-show.ts';

interface DrawOptions extends ParameterOptions {
  readonly as: 'tree' | 'mermaid' | 'svg';
  readonly out?: string;
}

/** `baton recipe draw`: the graph of a recipe. */
export function drawCommand(recipe: Command): void {
  withParameters(recipe.command('draw').argument('<recipe>', 'its name in the recipe folder, or a .json file'))
    .description('draw the graph of a recipe: in the terminal, as Mermaid text, or as SVG')
    .addOption(new Option('--as <form>', 'what to draw').choices(['tree', 'mermaid', 'svg']).default('tree'))
    .option('--out <file>', 'where to; standard output where absent')
    .action(draw);
}

async function draw(name: string, options: DrawOptions): Promise<void> {
  const source = await recipeNamed(name, await configOf(options));
  const picture = pictureOf(instantiated(source, await givenParameters(options)));
  const text = drawn(picture, name, options);
  const { out } = options;
  if (out !== undefined) await writeNamed(out, text);
  const value = { file: source.file, ...(out === undefined ? { picture: text } : { out }) };
  output(options.json === true).result(value, () => [
    out === undefined ? text.trimEnd() : `${name} is drawn in ${out}.`,
  ]);
}

function drawn(picture: Picture, name: string, { as, out }: DrawOptions): string {
  switch (as) {
    case 'svg':
      return drawSvg(picture, name);
    case 'mermaid':
      return drawMermaid(picture);
    case 'tree': {
      const paint = { step: colours.bold, error: colours.red, dim: colours.dim };
      return `${drawTree(picture, out === undefined ? paint : undefined).join('\n')}\n`;
    }
  }
}
