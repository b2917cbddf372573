#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode24 } from '../scripts/node24.mjs';

const installation = resolve(fileURLToPath(import.meta.url), '../..');
// A checkout runs its source as it is written; a package has what was compiled of it.
const source = join(installation, 'src/cli/main.ts');
const main = existsSync(source) ? source : join(installation, 'dist/cli/main.js');
// What Node makes of the source is kept, and each command starts in half the time: in the user's own folder, for what
// others can write to is not to be run; and only where that is there, for Node tries for ever to make one below /proc.
const { HOME = '' } = process.env;
if ('enableCompileCache' in module && existsSync(HOME)) module.enableCompileCache(join(HOME, '.cache/baton'));
await runWithNode24(main, process.argv.slice(2));
