import type { Config } from '../config/config.ts';
import { silent } from '../core/log.ts';
import type { BatonError } from '../core/errors.ts';
import { addressText, brokersOf } from '../stomp/address.ts';
import { Client } from '../stomp/client.ts';
import { unreachable } from '../stomp/errors.ts';
import { brokerAddress } from './part-tools.ts';

/** A broker on a busy machine or a slow disk takes its time for the first answer. */
const slowest = 15;

/**
 * A connection for one command, where a service would wait for the broker to come back: fails after `seconds` when it
 * was told by then that there is none, and after a while longer when nobody has said anything.
 */
export async function connect(config: Config, name: string, seconds = 5): Promise<Client> {
  const address = brokerAddress(config);
  // One that does not answer leaves time for the others.
  const connectTimeout = (slowest * 900) / brokersOf(address).length;
  const client = new Client({ address, name, connectTimeout, log: silent });
  let failure: BatonError | undefined;
  // Of several brokers, one that refused says more than those that were not there.
  client.events.on('error', ({ error }) => (failure = failure && unreachable.is(error) ? failure : error));
  const enough = setTimeout(() => failure && void client.stop(), seconds * 1000);
  const tooMuch = setTimeout(() => void client.stop(), slowest * 1000);
  try {
    await client.start();
    return client;
  } catch (error) {
    await client.stop();
    throw failure ?? unreachable({ broker: addressText(address), reason: String(error) }, { cause: error });
  } finally {
    clearTimeout(enough);
    clearTimeout(tooMuch);
  }
}
