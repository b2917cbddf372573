#!/usr/bin/env node
/**
 * `node scripts/node24.mjs FILE [arguments…]` runs a file of this project with Node 24: with the Node that runs this when
 * it is new enough, else with one fetched from the npm registry. Plain JavaScript without dependencies, as are its two
 * neighbours: they are the only files here that have to work on an older Node.
 */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode24 } from './find-node24.mjs';

/**
 * Runs the file with Node 24, with these arguments; this process ends as the file's does.
 * @param {string} file @param {readonly string[]} args @returns {Promise<void>}
 */
export async function runWithNode24(file, args) {
  const node = findNode24();
  if (node === process.execPath) {
    process.argv = [node, file, ...args];
    await import(pathToFileURL(file).href);
    return;
  }
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const child = spawn(node, [file, ...args], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child itself; a second one would read as the user's impatience.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file = 'src/cli/main.ts', ...args] = process.argv.slice(2);
  await runWithNode24(resolve(file), args);
}
