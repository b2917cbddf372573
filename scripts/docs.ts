/** `npm run docs`: writes the documents that are made from the source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorReference } from './error-reference.ts';
import { checkout } from './prepare.ts';

writeFileSync(join(checkout, 'docs/errors.md'), await errorReference());
