import { setTimeout } from 'node:timers/promises';
import { names } from '../src/services/names.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { batches, type Runs } from './ledger-records.ts';

/** Milliseconds from one look at what is due to the next. */
const pace = 20;
/** Messages that are sent together, at most. */
const together = 50;

/** Sends the records of these runs to the ledger of a broker, as services do: so many a second, or as fast as they go. Resolves with how many there were. */
export async function feedRecords(
  broker: string,
  runs: Runs,
  perSecond = Infinity,
  signal?: AbortSignal,
): Promise<number> {
  await using client = new Client({ address: parseBrokerAddress(broker), name: 'bench records' });
  await client.start();
  const destination = client.queue(names.ledger);
  const began = performance.now();
  let sent = 0;
  for (const { messages, records } of batches(runs)) {
    for (let first = 0; first < messages.length; first += together) {
      const those = messages.slice(first, first + together);
      await client.transact({ ack: [], send: those.map(({ body }) => ({ destination, body })) });
    }
    sent += records;
    while (sent > ((performance.now() - began) / 1000) * perSecond && signal?.aborted !== true) await setTimeout(pace);
    if (signal?.aborted === true) break;
  }
  return sent;
}
