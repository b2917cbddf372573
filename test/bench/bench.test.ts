import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../bench/parts.ts';
import { run } from '../fixtures/baton.ts';

const main = resolve(import.meta.dirname, '../../bench/main.ts');

/** A number that was measured: a time, a rate, a size. What an idle process computes may be nothing. */
const positive = expect.toSatisfy((value) => typeof value === 'number' && value > 0 && value < Infinity) as number;
const percentiles = { p50: positive, p99: positive };
const rates = { stepsPerSecond: positive, bareStepsPerSecond: positive, ratio: positive };

const report: Required<Report> = {
  passThrough: { embedded: rates },
  latency: { embedded: { idle: percentiles, halfLoad: { ...percentiles, stepsPerSecond: positive } } },
  idleServices: { embedded: { services: 10, megabytes: positive, corePercent: expect.any(Number) as number } },
  perImageAnalysis: {
    '0.1M': { framesPerSecond: positive, framesPerSecondInBaton: positive, resultAfterLastFrameMs: positive },
  },
  store: {
    embedded: {
      storedPerSecond: positive,
      commitsPerSecond: { oneConnection: positive, manyConnections: positive },
      drainedPerSecond: positive,
      backlog: {
        messages: 2_000,
        storedPerSecond: positive,
        drainedPerSecond: positive,
        drainRatio: positive,
        megabytes: positive,
        fileBytesPerMessage: positive,
        restartSeconds: positive,
        megabytesAfterRestart: positive,
      },
    },
    ledger: {
      runs: 200,
      recordsPerSecond: positive,
      longestBatchMs: positive,
      bytesPerRun: positive,
      runListP95Ms: positive,
      runDetailP95Ms: positive,
    },
  },
  scaling: {
    embedded: {
      queues: { '2': rates },
      services: { '2': rates },
      processes: { '2': rates },
      payloadKilobytes: { '16': rates },
      backlog: { '1000': rates },
    },
  },
};

describe('the bench', () => {
  it('measures every figure, and ends with all of them on one line', { timeout: 300_000 }, async () => {
    const ended = await run(process.execPath, [main, '--quick', '--json', '--broker', 'embedded']);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.json()).toEqual(report);
  });

  it(
    'measures only what it is asked for, on the broker named, and without --json prints tables',
    { timeout: 60_000 },
    async () => {
      const args = ['--quick', '--broker', 'embedded', '--only', 'passThrough'];
      const { stdout } = await run(process.execPath, [main, ...args]);
      expect(stdout.replaceAll(/\d[\d .]*\d/g, 'N')).toBe(
        ['|  | embedded |', '| --- | --- |', '| steps per second, of the bare client | N of N (N) |', '\n'].join('\n'),
      );
    },
  );

  it('names the figures there are, when it is asked for another', { timeout: 60_000 }, async () => {
    const ended = await run(process.execPath, [main, '--only', 'speed']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('passThrough, latency, idleServices, perImageAnalysis, store, scaling; got "speed"');
  });
});
