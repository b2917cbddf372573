import { bareRate } from './bare-rate.ts';
import { emptyOut, fill, type Load } from './load.ts';
import { stepRate } from './step-rate.ts';

/** Steps per second through Baton, and those of a client that does nothing but the same transactions, on one broker. */
export interface PassThrough {
  readonly stepsPerSecond: number;
  readonly bareStepsPerSecond: number;
  readonly ratio: number;
}

/** Measures both under this address, which nobody else uses, in turn, `rounds` times; the best of each counts, as other work on the machine only ever slows. */
export async function passThrough(address: string, load: Load, rounds: number): Promise<PassThrough> {
  let [steps, bare] = [0, 0];
  await fill(address, load, load.backlog);
  for (let round = 0; round < rounds; round += 1) {
    await fill(address, load, load.messages);
    bare = Math.max(bare, await bareRate(address, load));
    await emptyOut(address);
    await fill(address, load, load.messages);
    steps = Math.max(steps, await stepRate(address, load));
    await emptyOut(address);
  }
  return {
    stepsPerSecond: Math.round(steps),
    bareStepsPerSecond: Math.round(bare),
    ratio: Number((steps / bare).toFixed(3)),
  };
}
