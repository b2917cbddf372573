import type { Command } from 'commander';
import { diffCommand } from './recipe-diff.ts';
import { drawCommand } from './recipe-draw.ts';
import { explainCommand } from './recipe-explain.ts';
import { formatCommand } from './recipe-format.ts';
import { lintCommand } from './recipe-lint.ts';
import { schemaCommand } from './recipe-schema.ts';
import { showCommand } from './recipe-show.ts';
import { testCommand } from './recipe-test.ts';
import { tryCommand } from './recipe-try.ts';

/** `baton recipe …`: what authors of recipes need. */
export function recipeCommands(program: Command): void {
  const recipe = program.command('recipe').description('check, show, draw and compare recipes');
  lintCommand(recipe);
  formatCommand(recipe);
  showCommand(recipe);
  drawCommand(recipe);
  diffCommand(recipe);
  explainCommand(recipe);
  tryCommand(recipe);
  testCommand(recipe);
  schemaCommand(recipe);
}
