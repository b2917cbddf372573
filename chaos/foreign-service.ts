import type { Json, JsonObject } from '../src/core/json.ts';
import type { Client, Delivery } from '../src/stomp/client.ts';
import { foreignQueue } from './recipe.ts';

/** A message to a step, as far as such a service looks at it. */
interface StepMessage extends JsonObject {
  readonly recipe: Readonly<Record<string, { readonly queue: string; readonly output?: number }>>;
  readonly 'recipe-pointer': number;
  readonly 'recipe-path': readonly number[];
}

/**
 * A service as python-workflows has them: it hands the message on to the next step in the transaction that acknowledges,
 * passes on no header of the sender's, and leaves no record.
 */
export async function startForeignService(client: Client): Promise<void> {
  const request = { destination: client.queue(foreignQueue), ack: 'client-individual', prefetch: 1 } as const;
  await client.subscribe(request, (delivery) => {
    // What is not committed comes again.
    handOn(client, delivery).catch(() => undefined);
  });
}

async function handOn(client: Client, delivery: Delivery): Promise<void> {
  const message = JSON.parse(delivery.body.toString('utf8')) as StepMessage;
  const pointer = message['recipe-pointer'];
  const next = message.recipe[String(pointer)]?.output ?? 0;
  const handedOn: Json = {
    ...message,
    payload: { output: 'foreign' },
    'recipe-path': [...message['recipe-path'], pointer],
    'recipe-pointer': next,
  };
  const destination = client.queue(message.recipe[String(next)]?.queue ?? '');
  const headers = { 'workflows-recipe': 'True', persistent: 'true' };
  await client.transact({
    ack: [delivery],
    send: [{ destination, headers, body: JSON.stringify(handedOn) }],
  });
}
