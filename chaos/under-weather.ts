/**
 * Loaded before anything else (`node --import`) in each process of a Baton under test: its clock is as wrong, and each
 * commit of its stores takes as long, as a file says. A slow disk is a COMMIT that does not return: the process stands.
 */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fair, weatherVariable, type Conditions } from './weather.ts';

const file = process.env[weatherVariable] ?? '';
/** ms for which what was read of the file holds: the time is asked for thousands of times a second. */
const freshFor = 50;
let readAt = -Infinity;
let conditions = fair;

function current(): Conditions {
  if (performance.now() - readAt < freshFor) return conditions;
  readAt = performance.now();
  try {
    conditions = JSON.parse(readFileSync(file, 'utf8')) as Conditions;
  } catch {
    // The run is over, and its folder gone: what held, holds.
  }
  return conditions;
}

const realNow = Date.now;
Date.now = () => realNow() + current().clock;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function waitForDisk(): void {
  const { commit } = current();
  if (commit > 0) Atomics.wait(sleeper, 0, 0, Math.random() * commit);
}

const prepare = Reflect.get(DatabaseSync.prototype, 'prepare');
DatabaseSync.prototype.prepare = function (...given: Given) {
  const statement = prepare.apply(this, given);
  const run = statement.run.bind(statement) as (...parameters: unknown[]) => ReturnType<typeof statement.run>;
  const slowRun = (...parameters: unknown[]): ReturnType<typeof run> => {
    const isBefore = this.isTransaction && given[0] === 'COMMIT' && Math.random() < 0.5;
    if (isBefore) waitForDisk();
    const result = run(...parameters);
    // Who is in no transaction now has just ended one.
    if (!this.isTransaction && !isBefore) waitForDisk();
    return result;
  };
  return Object.assign(statement, { run: slowRun });
};

type Given = Parameters<DatabaseSync['prepare']>;
