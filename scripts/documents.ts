import { cliReference } from './cli-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { errorReference } from './error-reference.ts';
import { lintReference } from './lint-reference.ts';
import { metricsReference } from './metrics-reference.ts';
import { openApiReference } from './openapi-reference.ts';
import { recipeReference } from './recipe-reference.ts';

/** The documents that are made from the source, each by the function that writes its text. */
export const documents: readonly { readonly path: string; readonly text: () => Promise<string> }[] = [
  { path: 'docs/cli.md', text: cliReference },
  { path: 'docs/configuration.md', text: configurationReference },
  { path: 'docs/errors.md', text: errorReference },
  { path: 'docs/lint.md', text: lintReference },
  { path: 'docs/metrics.md', text: metricsReference },
  { path: 'docs/openapi.json', text: openApiReference },
  { path: 'docs/recipe-reference.md', text: recipeReference },
];
