import type { SiteFacts } from '../../../src/recipes/lint/site.ts';
import { builtinServices } from '../../../src/services/builtin/builtin.ts';
import { done } from '../../../src/services/outcome.ts';
import { defineService } from '../../../src/services/service.ts';

/** Its author misspelt the type. */
const unfinished = defineService({
  name: 'unfinished',
  description: 'Unfinished service',
  queue: 'unfinished',
  parameters: { type: 'objekt' },
  process: () => done(),
});

/**
 * The site of the rules' examples: what ships is installed, and a service that is not finished; record-result does not
 * run, and somebody reads `alarm`.
 */
export const exampleSite: SiteFacts = {
  services: [...builtinServices, unfinished],
  readers: new Set([
    'filewatcher',
    'per_image_analysis',
    'xray_centring',
    'programs',
    'alarm',
    'unfinished',
    'processing_recipe',
  ]),
  programs: { xia2: { arguments: { type: 'array', items: { type: 'string', pattern: '^[^-]' }, maxItems: 2 } } },
  source: 'configuration',
};
