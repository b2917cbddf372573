import type { Command } from 'commander';
import { recipeSchema } from '../recipes/schema.ts';
import { writeNamed } from './files.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';
import { installedServices } from './site-facts.ts';

interface SchemaOptions extends CommonOptions {
  readonly out?: string;
}

/** `baton recipe schema`: for editors, which complete and check with it while one types. */
export function schemaCommand(recipe: Command): void {
  withCommon(recipe.command('schema'))
    .description('write the JSON Schema of recipes, with the parameters of the services installed here')
    .option('--out <file>', 'where to; standard output where absent')
    .action(async (options: SchemaOptions) => {
      const schema = recipeSchema(await installedServices(await configOf(options)));
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      if (options.out === undefined) process.stdout.write(options.json === true ? `${JSON.stringify(schema)}\n` : text);
      else {
        const { out } = options;
        await writeNamed(out, text);
        output(options.json === true).result({ file: out }, () => [`The schema of recipes is in ${out}.`]);
      }
    });
}
