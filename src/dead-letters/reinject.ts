import type { Client } from '../stomp/client.ts';
import { letterOf } from './letter.ts';
import { move, type Move, type Moved } from './move.ts';
import { reinjection, type Order } from './reinjection.ts';

/** What all commands say that empty a queue. */
export type Emptying = Pick<Move, 'limit' | 'signal' | 'wants' | 'rate' | 'onMoved'>;

/** Sends the dead letters of a queue to where they came from: ACK, SEND and the ledger's record in one transaction. */
export async function reinjectQueue(
  client: Client,
  source: string,
  order: () => Order,
  options: Emptying,
): Promise<Moved> {
  return await move({
    ...options,
    client,
    source,
    decide: (deliveries) =>
      deliveries.map(
        (delivery) => reinjection(letterOf(delivery), order()) ?? { stays: 'Nothing tells where it came from.' },
      ),
  });
}
