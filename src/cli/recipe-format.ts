import type { Command } from 'commander';
import { formatRecipe } from '../recipes/format.ts';
import { writeNamed } from './files.ts';
import { exitCodes, output } from './output.ts';
import { recipeFiles } from './recipe-files.ts';

interface FormatOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `baton recipe format`: in place; `--check` only tells, and exits 1. */
export function formatCommand(recipe: Command): void {
  recipe
    .command('format')
    .argument('<paths...>', 'recipes, and folders with recipes; - lays out standard input, to standard output')
    .description('give recipes their one layout; nothing but blanks changes')
    .option('--check', 'change nothing, and exit 1 when something would')
    .option('--json', 'tell the result as one JSON object on the last line')
    .action(async (paths: readonly string[], { check = false, json = false }: FormatOptions) => {
      // All are laid out before the first is written: one that cannot be read changes none.
      const formatted: { file: string; text: string; laidOut: string }[] = [];
      for await (const { file, text, tooLarge } of recipeFiles(paths)) {
        if (tooLarge) throw tooLarge;
        formatted.push({ file, text, laidOut: formatRecipe(text, file) });
      }
      const piped = formatted.find(({ file }) => file === '-');
      if (piped && !check) {
        process.stdout.write(piped.laidOut);
        return;
      }
      const changed = formatted.filter(({ text, laidOut }) => text !== laidOut);
      if (!check) for (const { file, laidOut } of changed) await writeNamed(file, laidOut);
      const files = changed.map(({ file }) => file);
      output(json).result({ changed: files }, () => [
        ...files,
        `${files.length} of ${formatted.length} recipe${formatted.length === 1 ? '' : 's'} ${check ? 'would change' : 'changed'}.`,
      ]);
      if (check && files.length > 0) process.exitCode = exitCodes.failed;
    });
}
