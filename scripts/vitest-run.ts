import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './prepare.ts';

/** What a run of vitest came to. */
export interface VitestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Titles of the suites that were skipped for what they need (see `requireOrSkip`), and of tests skipped otherwise. */
  readonly skippedTitles: readonly string[];
  /** Tests that failed first and passed when they were run again, with what had failed: bugs to be found, of the test or of what it tests. */
  readonly unsteady: readonly string[];
}

/** Runs vitest with its usual output on ours, and counts from its JSON report. */
export function runVitest(args: readonly string[], environment: NodeJS.ProcessEnv): VitestCounts {
  const folder = mkdtempSync(join(tmpdir(), 'baton-report-'));
  const report = join(folder, 'report.json');
  const vitest = join(checkout, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const options = { cwd: checkout, stdio: 'inherit', env: environment } as const;
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], options);
  try {
    return count(JSON.parse(readFileSync(report, 'utf8')) as Report, status === 0);
  } catch {
    return { passed: 0, failed: 1, skipped: 0, skippedTitles: [], unsteady: [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The part of vitest's JSON report that is counted. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
      /** What failed, also where a second attempt passed. */
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** A file that failed outside its tests (on import, in a hook, by a leak) counts as one failure, and so does a run that failed for no test. */
export function count({ testResults }: Report, succeeded: boolean): VitestCounts {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  const failedFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  ).length;
  const failed = failedTests + failedFiles;
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failed === 0 && !succeeded ? 1 : failed,
    skipped: skipped.length,
    skippedTitles: [...new Set(skipped.map(({ ancestorTitles, title }) => skippedTitle([...ancestorTitles, title])))],
    unsteady: tests
      .filter(({ status }) => status === 'passed')
      .flatMap(({ ancestorTitles, title, failureMessages: [failure] = [] }) =>
        failure === undefined ? [] : [`${[...ancestorTitles, title].join(' › ')}: ${failure.split('\n', 1).join('')}`],
      ),
  };
}

function skippedTitle(titles: readonly string[]): string {
  const suite = titles.findIndex((title) => title.includes('(needs '));
  return titles.slice(0, suite === -1 ? undefined : suite + 1).join(' › ');
}
