import { bodyOf, senderHeaders } from '../services/received.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { move, type Moved } from './move.ts';
import type { Emptying } from './reinject.ts';

/** Moves messages from one queue to another as they are: each ACK and its SEND in one transaction. */
export async function drainQueue(client: Client, source: string, target: string, options: Emptying): Promise<Moved> {
  return await move({
    ...options,
    client,
    source,
    decide: (deliveries) => deliveries.map((delivery) => ({ send: moved(delivery, target) })),
  });
}

function moved(delivery: Delivery, destination: string): Outgoing {
  const group = delivery.headers['baton-group'];
  const headers = {
    ...senderHeaders(delivery),
    // ActiveMQ does not always deliver it.
    ...(group === undefined ? {} : { JMSXGroupID: group }),
  };
  return { destination, headers, body: bodyOf(delivery) };
}
