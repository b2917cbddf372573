import { setTimeout } from 'node:timers/promises';
import { names } from '../src/services/names.ts';
import type { LogLine } from '../src/services/log-line.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { idOf } from './ledger-records.ts';

const linesInMessage = 100;
const pace = 20;

/** Sends so many log lines a second, of so many runs, until it is disposed of: services that log in a loop. */
export async function floodLog(broker: string, perSecond: number, runs: number): Promise<AsyncDisposable> {
  const client = new Client({ address: parseBrokerAddress(broker), name: 'bench log' });
  await client.start();
  const destination = client.topic(names.log);
  const ending = new AbortController();
  const flooding = (async () => {
    const began = performance.now();
    for (let number = 0; !ending.signal.aborted;) {
      const due = Math.floor((((performance.now() - began) / 1000) * perSecond) / linesInMessage);
      // What could not be sent in time is left out: a flood does not make up for lost time.
      for (const end = Math.min(due, number + 10); number < end; number += 1)
        await client.send({
          destination,
          body: JSON.stringify({ from: 'bench', number, lines: linesOf(number, runs) }),
        });
      number = Math.max(number, due);
      await setTimeout(pace);
    }
  })();
  flooding.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await flooding;
      await client.stop();
    },
  };
}

function linesOf(number: number, runs: number): readonly LogLine[] {
  return Array.from({ length: linesInMessage }, (_, index) => ({
    run: idOf((number * linesInMessage + index) % runs),
    step: 2,
    service: 'per-image-analysis',
    host: 'node-12.4711',
    key: `key-${String(number)}-${String(index)}`,
    attempt: 1,
    level: 'info',
    time: Date.now(),
    text: `image ${String(index)} of message ${String(number)}: 312 spots, resolution 1.82 Å, no ice rings, written to cache`,
  }));
}
