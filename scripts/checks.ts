import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './prepare.ts';

/** What is checked of the sources before they are run: a name for people and the program that fails when it is not so. */
const checks: readonly { readonly name: string; readonly program: string; readonly args: readonly string[] }[] = [
  { name: 'format', program: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', program: 'node_modules/eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
  { name: 'types', program: 'node_modules/typescript/bin/tsc', args: ['--project', '.'] },
  { name: 'types of the page', program: 'node_modules/typescript/bin/tsc', args: ['--project', 'web', '--noEmit'] },
  { name: 'unused code', program: 'node_modules/knip/bin/knip.js', args: ['--no-progress'] },
  { name: 'build', program: 'scripts/build.ts', args: [] },
];

/** How many checks passed and failed. */
export interface CheckCounts {
  readonly passed: number;
  readonly failed: number;
}

/** Runs all checks, also after one failed, with their output on ours. */
export function runChecks(): CheckCounts {
  const passed = checks.filter(({ name, program, args }) => {
    const started = performance.now();
    const path = join(checkout, program);
    const { status } = spawnSync(process.execPath, [path, ...args], { cwd: checkout, stdio: 'inherit' });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    return status === 0;
  }).length;
  return { passed, failed: checks.length - passed };
}
