/**
 * `npm run bench [-- --json] [--only PART,…] [--broker embedded|activemq] [--quick]`: what Baton reaches on this machine.
 * What is under way is told on standard error, the report on standard output: as tables, or as JSON on its last line.
 * bench/README.md says how to read it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './options.ts';
import { parts, type PartName, type Report } from './parts.ts';
import { tables } from './tables.ts';

const { only, brokers, amounts, isJson } = readOptions(process.argv.slice(2));

// All stores and frames lie below one folder, so that none is left however this ends.
const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
process.env['TMPDIR'] = folder;
const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // After whatever else listens for this, which ends the processes that keep something there.
    process.once('exit', remove);
    process.exit(1);
  });
}
try {
  const report = await measure();
  console.log(isJson ? JSON.stringify(report) : tables(report));
} finally {
  remove();
}

async function measure(): Promise<Report> {
  let report: Report = {};
  for (const name of only) {
    const began = performance.now();
    const part = { [name]: await parts[name]({ brokers, amounts, report, say: (line) => say(name, line) }) };
    report = { ...report, ...part };
    say(name, `took ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  return report;
}

function say(part: PartName, line: string): void {
  console.error(`${part}: ${line}`);
}
