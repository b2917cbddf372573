import type { Config } from '../config/config.ts';
import { parseRequest } from '../dispatcher/request.ts';
import { spool, type Spooled } from '../dispatcher/spool.ts';
import { addressText } from '../stomp/address.ts';
import { lost, silence, unknown, unreachable } from '../stomp/errors.ts';
import type { Output } from './output.ts';
import { brokerAddress, spoolFolder } from './part-tools.ts';

/** True for what comes of a broker that is down: the announcement did not arrive, or nobody knows. */
export function isBrokerDown(error: unknown): boolean {
  return [unreachable, lost, silence, unknown].some((kind) => kind.is(error));
}

/** Keeps the announcement on disk until the supervisor can send it. What the dispatcher could not read is refused at once. */
export async function announceLater(config: Config, announcement: Spooled, out: Output): Promise<void> {
  const { queue, headers, message } = announcement;
  const { guid: run } = parseRequest(queue, headers, JSON.stringify(message), { names: config.announcements.fields });
  const file = await spool(spoolFolder(config), announcement, Date.now());
  out.result({ status: 'spooled', run, file }, () => [
    `spooled   ${run}`,
    `The broker ${addressText(brokerAddress(config))} does not answer: the announcement waits in ${file}.`,
    'It is sent when the broker answers again, by the `baton up` that has this store.',
  ]);
}
