import type { SiteFacts } from '../../../src/recipes/lint/site.ts';
import { builtinServices } from '../../../src/services/builtin/builtin.ts';

/** The site of the rules' examples: what ships is installed, record-result does not run, and somebody reads `alarm`. */
export const exampleSite: SiteFacts = {
  services: builtinServices,
  readers: new Set(['filewatcher', 'per_image_analysis', 'xray_centring', 'alarm', 'processing_recipe']),
  source: 'configuration',
};
