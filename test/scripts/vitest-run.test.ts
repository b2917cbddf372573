import { describe, expect, it } from 'vitest';
import { count, type Report } from '../../scripts/vitest-run.ts';

type Result = Report['testResults'][number]['assertionResults'][number];

const test = (status: string, title = 'a test', ...ancestorTitles: string[]): Result => ({
  status,
  title,
  ancestorTitles,
});
const file = (status: string, ...assertionResults: Result[]): Report['testResults'][number] => ({
  name: 'a.test.ts',
  status,
  assertionResults,
});

describe('the last line of npm test', () => {
  it('counts tests, and names what was skipped: a suite once, by what it needs', () => {
    const suite = 'the broker suite (needs ActiveMQ)';
    const results = [
      test('passed'),
      test('skipped', 'sends', suite),
      test('skipped', 'sends twice', suite, 'in a transaction'),
      test('skipped', 'waits', 'a lock'),
    ];
    const counts = count({ testResults: [file('passed', ...results)] }, true);
    expect(counts).toEqual({
      passed: 1,
      failed: 0,
      skipped: 3,
      skippedTitles: [suite, 'a lock › waits'],
      unsteady: [],
    });
  });

  it('names what failed first and passed when it was run again, with what had failed', () => {
    const again = { ...test('passed', 'comes', 'a message'), failureMessages: ['Error: it did not come\n    at …'] };
    const { passed, unsteady } = count({ testResults: [file('passed', test('passed'), again)] }, true);
    expect({ passed, unsteady }).toEqual({ passed: 2, unsteady: ['a message › comes: Error: it did not come'] });
  });

  it('counts a file that failed outside of its tests', () => {
    expect(count({ testResults: [file('failed', test('passed'))] }, false)).toMatchObject({ passed: 1, failed: 1 });
    expect(count({ testResults: [file('failed', test('failed'))] }, false)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('never says that nothing failed when the run did', () => {
    expect(count({ testResults: [file('passed', test('passed'))] }, false)).toMatchObject({ passed: 1, failed: 1 });
  });
});
