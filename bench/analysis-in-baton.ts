import { askMonitor } from '../src/cli/ask-monitor.ts';
import type { RunDetail } from '../src/monitor/api.ts';
import { acquire, type ScanFrames } from '../src/rehearsal/acquisition.ts';
import { Announcer } from '../src/rehearsal/announcer.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { startBaton, type TestBaton } from '../test/fixtures/baton.ts';
import { percentile } from './percentiles.ts';

/** A scan as a run: from its announcement through file-watch, analysis and join to the result. */
export interface AnalysisInBaton {
  /** From the start of the first frame's analysis to the end of the last one's. */
  readonly framesPerSecondInBaton: number;
  /** Milliseconds from the end of the last frame's analysis until the announcer has the result. */
  readonly resultAfterLastFrameMs: number;
}

/** Announces stored frames to a Baton of its own, with the services and recipes that ship; the median of the rounds counts. */
export async function analysisInBaton(frames: ScanFrames, rounds: number): Promise<AnalysisInBaton> {
  await using baton = await startBaton(undefined, { config: { log: 'silent' } });
  await using client = new Client({ address: parseBrokerAddress(baton.brokerUrl), name: 'bench' });
  await client.start();
  const announcer = new Announcer(client);
  await announcer.start();
  const stored = { ...frames, write: nothing };
  await measure(announcer, stored, baton);
  const runs: AnalysisInBaton[] = [];
  while (runs.length < rounds) runs.push(await measure(announcer, stored, baton));
  const median = (figure: keyof AnalysisInBaton): number =>
    percentile(
      runs.map((run) => run[figure]),
      0.5,
    );
  return {
    framesPerSecondInBaton: median('framesPerSecondInBaton'),
    resultAfterLastFrameMs: median('resultAfterLastFrameMs'),
  };
}

/** The frames are there. */
async function* nothing(): AsyncGenerator<number> {
  // Yields no number: none is written.
}

async function measure(announcer: Announcer, frames: ScanFrames, { page }: TestBaton): Promise<AnalysisInBaton> {
  let resulted = 0;
  const { run, status } = await acquire({
    announcer,
    frames,
    signal: AbortSignal.timeout(300_000),
    tell: (event) => {
      if (event.kind === 'answer' && event.answer.status === 'result') resulted = event.time;
    },
  });
  if (status !== 'finished') throw new Error(`The run ${run} ended as ${status}.`);
  const { deliveries } = await askMonitor<RunDetail>({ address: page }, `/api/runs/${run}`);
  const analysed = deliveries.filter(({ service }) => service === 'per-image-analysis');
  const [first, last] = [
    Math.min(...analysed.map(({ started }) => started)),
    Math.max(...analysed.map(({ finished }) => finished)),
  ];
  return {
    framesPerSecondInBaton: Number((frames.count / ((last - first) / 1000)).toFixed(1)),
    resultAfterLastFrameMs: resulted - last,
  };
}
