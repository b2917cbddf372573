import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alone, checkout, hashOf, PreparationError } from './prepare.ts';

const compiled = join(checkout, 'dist');
const stamp = join(compiled, '.compiled-from');

/**
 * Compiles the source to JavaScript and its types, beside the page in `dist/`, where it is older than the source. Baton
 * itself runs without: it is for the package, as Node strips no types inside node_modules. What lies in `dist/` is as
 * deep as in `src/`, so that its ways to recipes and page are the same.
 */
export async function prepareCompiled(): Promise<void> {
  if (isCompiled()) return;
  await alone(async () => {
    if (!isCompiled()) await compile();
  });
}

function isCompiled(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources();
}

function sources(): string {
  return hashOf(['src/**/*.ts', 'tsconfig*.json', 'package-lock.json']);
}

async function compile(): Promise<void> {
  console.error('Compiling the source to dist/ …');
  const from = sources();
  for (const name of existsSync(compiled) ? readdirSync(compiled) : []) {
    // Of a file that is no more nothing is to be left; the page has its own build.
    if (!name.startsWith('web')) await rm(join(compiled, name), { recursive: true, force: true });
  }
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.package.json'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  if (status !== 0) throw new PreparationError(`The source cannot be compiled:\n${stdout}`);
  await writeFile(stamp, from);
}
