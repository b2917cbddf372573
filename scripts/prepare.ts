import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withLock } from './lock.ts';
import { runNpm } from './npm.mjs';

/** The folder of this checkout. */
export const checkout = resolve(import.meta.dirname, '..');

/** Something that must be there before the project can run, and what to do about it; the message is for the user. */
export class PreparationError extends Error {}

/** Installs the packages of package-lock.json and links `npx baton`, where that is not done yet; says so on standard error. */
export async function preparePackages(): Promise<void> {
  const ready = (): boolean => packagesAreInstalled() && existsSync(command);
  if (ready()) return;
  await alone(async () => {
    if (ready()) return;
    if (!packagesAreInstalled()) installPackages();
    await linkCommand();
  });
}

/** Builds the status page where it is older than its sources. */
export async function preparePage(): Promise<void> {
  if (pageIsBuilt()) return;
  await alone(async () => {
    if (!pageIsBuilt()) await buildPage();
  });
}

/** Of two starts at once, one prepares and the other waits for it. */
export async function alone(work: () => Promise<void>): Promise<void> {
  const waiting = (): void => console.error('Another start is preparing this checkout: waiting for it …');
  await withLock(join(checkout, '.node/preparing'), waiting, work);
}

/**
 * npm writes its own lock file into node_modules as the last thing it does, so an interrupted installation shows.
 * Packages for other platforms are in the one and not in the other.
 */
function packagesAreInstalled(): boolean {
  const installed = lockedPackages('node_modules/.package-lock.json');
  return [...lockedPackages('package-lock.json')].every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed.get(path);
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

function lockedPackages(file: string): ReadonlyMap<string, LockedPackage> {
  const path = join(checkout, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  return new Map(Object.entries((JSON.parse(text) as { packages?: Record<string, LockedPackage> }).packages ?? {}));
}

function installPackages(): void {
  console.error('Installing the packages of package-lock.json into node_modules …');
  const failure = runNpm(checkout, ['ci', '--include=dev']);
  if (failure !== undefined) throw new PreparationError(`The packages cannot be installed: ${failure}.`);
}

const command = join(checkout, 'node_modules/.bin/baton');

/** npm links a project's own command nowhere: without this, `npx baton` would first install the whole checkout elsewhere. */
async function linkCommand(): Promise<void> {
  await rm(command, { force: true });
  await symlink('../../bin/baton.mjs', command);
}

const page = join(checkout, 'dist/web');
const pageStamp = join(page, '.built-from');

function pageIsBuilt(): boolean {
  return existsSync(pageStamp) && readFileSync(pageStamp, 'utf8') === pageSources();
}

/** One hash over all that the page is made of. */
function pageSources(): string {
  return hashOf(['web/**/*.*', 'src/monitor/api.ts', 'package-lock.json']);
}

/** One hash over the files of the checkout that match. */
export function hashOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of globSync(patterns, { cwd: checkout }).sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(checkout, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Built beside the old page and put in its place in one step: a monitor that runs never serves half a page. */
async function buildPage(): Promise<void> {
  console.error('Building the status page …');
  const sources = pageSources();
  const partial = join(checkout, 'dist/web-partial');
  const vite = join(checkout, 'node_modules/vite/bin/vite.js');
  const options = ['build', '--config', 'web/vite.config.ts', '--outDir', partial, '--logLevel', 'warn'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, ...options], {
    cwd: checkout,
    encoding: 'utf8',
  });
  if (status !== 0) throw new PreparationError(`The status page cannot be built:\n${stdout}${stderr}`);
  await writeFile(join(partial, '.built-from'), sources);
  await rm(page, { recursive: true, force: true });
  await rename(partial, page);
}
