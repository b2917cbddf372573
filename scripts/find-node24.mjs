import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './npm.mjs';

const version = '24.21.0';
const oldestStarter = 20;
const store = resolve(dirname(fileURLToPath(import.meta.url)), '../.node');
const host = `this is Node ${process.versions.node} for ${process.platform} on ${process.arch}`;
const installByHand = 'Install Node 24 or newer (https://nodejs.org) and start again.';

/**
 * The path of a Node 24: this process's own when it is one, else the one in `.node/`, which is fetched if it is not there
 * yet. Where there can be none, says so and ends the process.
 */
export function findNode24() {
  const running = Number.parseInt(process.versions.node, 10);
  if (running >= 24) return process.execPath;
  if (running < oldestStarter) {
    stop(`Baton runs on Node 24, which Node ${String(oldestStarter)} or newer can fetch; ${host}.`);
  }
  if (!canFetch()) stop(`Baton runs on Node 24 and can fetch it for Linux with glibc on x64 or arm64; ${host}.`);
  const target = join(store, version);
  if (!existsSync(nodeIn(target))) fetchNode(target);
  return nodeIn(target);
}

function canFetch() {
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && usesGlibc();
}

/** musl (Alpine) has no such field, and the registry's binaries do not run there. */
function usesGlibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime !== undefined;
}

/** The registry has Node's own binaries as packages, one a platform, that run nothing when they are installed. */
const packageName = `node-linux-${process.arch}`;

/** @param {string} folder */
function nodeIn(folder) {
  return join(folder, 'node_modules', packageName, 'bin/node');
}

/**
 * Installs into a folder of its own and renames it when the binary has run: an interrupted start leaves nothing that
 * looks complete, and of two starts at once the first to finish wins.
 * @param {string} target
 */
function fetchNode(target) {
  console.error(`Baton runs on Node 24; ${host}. Fetching Node ${version} from the npm registry, once …`);
  removeLeftovers();
  const partial = join(store, `partial-${String(process.pid)}`);
  mkdirSync(partial, { recursive: true });
  const failure = runNpm(partial, ['install', '--no-save', '--prefix', partial, `${packageName}@${version}`]);
  if (failure !== undefined) stop(`Node 24 cannot be fetched: ${failure}.`);
  const { error, stdout, stderr } = spawnSync(nodeIn(partial), ['--version'], { encoding: 'utf8' });
  if (error || stdout.trim() !== `v${version}`) {
    stop(`The Node ${version} of the npm registry does not run here: ${error?.message ?? stderr}.`);
  }
  try {
    renameSync(partial, target);
  } catch (error) {
    remove(partial);
    if (!existsSync(nodeIn(target))) throw error;
  }
}

/** Removes what interrupted starts left behind: folders named after a process that is no more. */
function removeLeftovers() {
  if (!existsSync(store)) return;
  for (const entry of readdirSync(store)) {
    const owner = Number(/^partial-(\d+)$/.exec(entry)?.[1]);
    if (owner > 0 && !existsSync(`/proc/${String(owner)}`)) remove(join(store, entry));
  }
}

/** @param {string} folder */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The npm of an interrupted start may still be writing there: the next fetch finds it at rest.
  }
}

/** @param {string} sentence @returns {never} */
function stop(sentence) {
  console.error(`${sentence} ${installByHand}`);
  process.exit(1);
}
