/** `npm run docs`: writes the documents that are made from the source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from './documents.ts';
import { checkout } from './prepare.ts';

for (const { path, text } of documents) writeFileSync(join(checkout, path), await text());
