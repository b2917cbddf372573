import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';

/**
 * Runs npm quietly in a folder, with the Node that runs this; returns why it failed, as part of a sentence, or nothing.
 * Plain JavaScript because it also runs on the older Node that fetches Node 24.
 * @param {string} folder @param {readonly string[]} args @returns {string | undefined}
 */
export function runNpm(folder, args) {
  const [command, ...first] = npmCommand();
  const quiet = [
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--ignore-scripts',
    '--fetch-retries=1',
    '--loglevel=error',
  ];
  const { error, status, stderr } = spawnSync(command, [...first, ...args, ...quiet], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error) return `npm does not start here (${error.message})`;
  return status === 0 ? undefined : reasonIn(stderr);
}

/**
 * The npm that started this process, else the one on the PATH.
 * @returns {[string, ...string[]]}
 */
function npmCommand() {
  const cli = process.env.npm_execpath;
  const isNpm = cli !== undefined && /^np[mx]-cli\.c?js$/.test(basename(cli));
  return isNpm ? [process.execPath, join(dirname(cli), 'npm-cli.js')] : ['npm'];
}

/** @param {string} output */
function reasonIn(output) {
  const code = /npm (?:ERR!|error) code (\w+)/.exec(output)?.[1] ?? '';
  if (/^(ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ERR_SOCKET|ENETUNREACH|FETCH)/.test(code)) {
    return `the npm registry cannot be reached (${code})`;
  }
  if (/^E4\d\d$/.test(code)) return `the npm registry refuses it (${code})`;
  return output.trim().split('\n').slice(0, 5).join('\n') || 'npm did not say why';
}
