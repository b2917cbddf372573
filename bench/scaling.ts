import type { BenchBroker } from './brokers.ts';
import { standardLoad, type Load } from './load.ts';
import { passThrough, type PassThrough } from './pass-through.ts';
import { Stalled } from './stalled.ts';

/** What is changed, one at a time, from one service on one queue with small messages and no backlog. */
const dimensions = {
  queues: (queues) => ({ queues, services: queues }),
  services: (services) => ({ services }),
  processes: (processes) => ({ processes }),
  payloadKilobytes: (kilobytes) => ({ payloadBytes: kilobytes * 1_000 }),
  backlog: (backlog) => ({ backlog }),
} satisfies Record<string, (value: number) => Partial<Load>>;

export type Dimension = keyof typeof dimensions;

export interface ScalingAmounts extends Readonly<Record<Dimension, readonly number[]>> {
  readonly messages: number;
  readonly rounds: number;
  /** Of all payloads of a round: there are fewer messages when they are large. */
  readonly bytes: number;
}

/** A point at which the broker stood still: how far it came. */
export interface Standstill {
  readonly stalled: string;
}

/** Steps per second, and the bare client's, by what was changed and to what. */
export type Scaling = Readonly<Record<Dimension, Readonly<Record<string, PassThrough | Standstill>>>>;

/** Measures each point on a broker of its own, which starts empty: nobody reads what was passed on, and it would fill the memory of the next. */
export async function scaling(
  startBroker: () => Promise<BenchBroker>,
  amounts: ScalingAmounts,
  say: (line: string) => void,
): Promise<Scaling> {
  const found: Partial<Record<Dimension, Record<string, PassThrough | Standstill>>> = {};
  for (const dimension of Object.keys(dimensions) as Dimension[]) {
    const points: Record<string, PassThrough | Standstill> = {};
    for (const value of amounts[dimension]) {
      await using broker = await startBroker();
      const figures = await figuresOf(`${broker.address}/point`, loadOf(dimension, value, amounts), amounts.rounds);
      say(`${dimension} ${String(value)}: ${JSON.stringify(figures)}`);
      points[String(value)] = figures;
    }
    found[dimension] = points;
  }
  return found as Scaling;
}

async function figuresOf(address: string, load: Load, rounds: number): Promise<PassThrough | Standstill> {
  try {
    return await passThrough(address, load, rounds);
  } catch (error) {
    if (error instanceof Stalled) return { stalled: error.message };
    throw error;
  }
}

function loadOf(dimension: Dimension, value: number, { messages, bytes }: ScalingAmounts): Load {
  const load = { ...standardLoad, ...dimensions[dimension](value) };
  // Several processes are not ready at the same moment: there is to be enough left for all when the last is.
  return { ...load, messages: Math.min(messages * load.processes, Math.floor(bytes / load.payloadBytes)) };
}
