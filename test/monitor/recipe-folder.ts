import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeSite } from '../../src/cli/recipe-site.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RecipeSite } from '../../src/monitor/recipes/recipe-site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** A recipe folder of a site, put together as `baton up` does it. */
export interface RecipeFolder extends AsyncDisposable {
  /** The folder itself. */
  readonly path: string;
  readonly site: RecipeSite;
}

/** One step that watches files, and one that keeps what comes. */
export const watching = `{
  "1": {
    "comment": "Watches the images of a scan",
    "queue": "filewatcher",
    "parameters": { "pattern": "{file_pattern}" },
    "output": { "every": 2 }
  },
  "2": { "service": "Result recorder", "queue": "record_result", "parameters": {} },
  "start": [[1, { "note": "{beamline}" }]]
}
`;

const rules = `rules:
  - name: scans
    description: Every scan with images.
    when: { event: end, file_pattern: { type: string } }
    recipes: [watching]
    parameters: { frames: 3 }
`;

/** Makes one with the recipes given, by name, and a rule that runs the recipe \`watching\`. */
export async function recipeFolder(
  recipes: Readonly<Record<string, string>> = { watching },
  { editRecipes = true } = {},
): Promise<RecipeFolder> {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'recipes');
  await mkdir(join(path, 'deep'), { recursive: true });
  await writeFile(join(path, 'rules.yaml'), rules);
  for (const [name, text] of Object.entries(recipes)) await writeFile(join(path, `${name}.json`), text);
  await writeFile(
    join(folder.path, 'baton.yaml'),
    `store: store\nrecipes: recipes\npage: { editRecipes: ${String(editRecipes)} }\n`,
  );
  const config = await loadConfig(
    join(folder.path, 'baton.yaml'),
    {},
    { shippedRecipes: path, workingFolder: folder.path },
  );
  return { path, site: await recipeSite(config), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
