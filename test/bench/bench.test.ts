import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../bench/parts.ts';
import type { Queries } from '../../bench/queries.ts';
import { run } from '../fixtures/baton.ts';

const main = resolve(import.meta.dirname, '../../bench/main.ts');

/** A number that was measured: a time, a rate, a size. What an idle process computes may be nothing. */
const positive = expect.toSatisfy((value) => typeof value === 'number' && value > 0 && value < Infinity) as number;
const percentiles = { p50: positive, p99: positive };
const rates = { stepsPerSecond: positive, bareStepsPerSecond: positive, ratio: positive };

const number = expect.any(Number) as number;
const firstByte = { p50: positive, p95: positive, p99: positive };
const intake = { recordsPerCoreSecond: positive, recordsPerSecond: positive };
const paced = { recordsPerSecond: positive, corePercent: number, behind: number, firstByteP95Ms: positive };

const compared = { perSecond: positive, barePerSecond: positive, ratio: positive };

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
  compute: {
    local: compared,
    bullmq: compared,
    waiting: { jobs: 100, megabytes: positive, cancelSeconds: positive },
  },
  ledgerIntake: { alone: intake, read: intake, paced, flooded: paced },
  queries: {
    runs: 201,
    deliveries: 900,
    bytesPerRun: positive,
    bytesPerDelivery: positive,
    firstByteMs: expect.objectContaining({
      'the newest 50': firstByte,
      'with one letter': firstByte,
    }) as Queries['firstByteMs'],
    slowestP95Ms: positive,
  },
  pages: { pages: 5, megabytes: positive, peakMegabytes: positive, corePercent: number, kilobytesPerSecond: number },
  page: {
    firstPaintMs: positive,
    firstScreenKilobytes: positive,
    byEventsPerSecond: {
      '20': { seen: firstByte, longTasks: number, longestTaskMs: number, frameGapP99Ms: positive, corePercent: number },
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
  it('measures every figure, and ends with all of them on one line', { timeout: 600_000 }, async () => {
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
    expect(ended.stderr).toContain(
      'passThrough, latency, idleServices, perImageAnalysis, store, compute, ledgerIntake, queries, pages, page, scaling; got "speed"',
    );
  });
});
