import type { Config } from '../config/config.ts';
import { silent } from '../core/log.ts';
import type { BatonError } from '../core/errors.ts';
import { addressText } from '../stomp/address.ts';
import { Client } from '../stomp/client.ts';
import { unreachable } from '../stomp/errors.ts';
import { brokerAddress } from './part-tools.ts';

/** A connection for one command: fails after a few seconds where a service would wait for the broker to come back. */
export async function connect(config: Config, name: string, seconds = 5): Promise<Client> {
  const address = brokerAddress(config);
  const client = new Client({ address, name, log: silent });
  let last: BatonError | undefined;
  client.events.on('error', ({ error }) => (last = error));
  const timeout = setTimeout(() => void client.stop(), seconds * 1000);
  try {
    await client.start();
    return client;
  } catch (error) {
    await client.stop();
    throw last ?? unreachable({ broker: addressText(address), reason: String(error) }, { cause: error });
  } finally {
    clearTimeout(timeout);
  }
}
