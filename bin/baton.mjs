#!/usr/bin/env node
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode24 } from '../scripts/node24.mjs';

const main = resolve(fileURLToPath(import.meta.url), '../../src/cli/main.ts');
await runWithNode24(main, process.argv.slice(2));
