import { describe, expect, it } from 'vitest';
import { count, type Report } from '../../scripts/vitest-run.ts';

const test = (
  status: string,
  ...ancestorTitles: string[]
): Report['testResults'][number]['assertionResults'][number] => ({
  status,
  ancestorTitles,
});
const file = (status: string, ...assertionResults: ReturnType<typeof test>[]): Report['testResults'][number] => ({
  name: 'a.test.ts',
  status,
  assertionResults,
});

describe('the last line of npm test', () => {
  it('counts tests, and names the suites that were skipped', () => {
    const suite = 'the broker suite (skipped: ActiveMQ is absent)';
    const report = { testResults: [file('passed', test('passed'), test('skipped', suite), test('skipped', suite))] };
    expect(count(report, true)).toEqual({ passed: 1, failed: 0, skipped: 2, skippedSuites: [suite] });
  });

  it('counts a file that failed outside of its tests', () => {
    expect(count({ testResults: [file('failed', test('passed'))] }, false)).toMatchObject({ passed: 1, failed: 1 });
    expect(count({ testResults: [file('failed', test('failed'))] }, false)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('never says that nothing failed when the run did', () => {
    expect(count({ testResults: [file('passed', test('passed'))] }, false)).toMatchObject({ passed: 1, failed: 1 });
  });
});
