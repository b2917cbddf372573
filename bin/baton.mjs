#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode24 } from '../scripts/node24.mjs';

const installation = resolve(fileURLToPath(import.meta.url), '../..');
// A checkout runs its source as it is written; a package has what was compiled of it.
const source = join(installation, 'src/cli/main.ts');
const main = existsSync(source) ? source : join(installation, 'dist/cli/main.js');
await runWithNode24(main, process.argv.slice(2));
