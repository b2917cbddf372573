import type { FailedPage, FailureGroupView } from '../../src/monitor/api.ts';
import type { OpenMonitor } from './open-monitor.ts';

let count = 0;

/** The address of what the path is of, in a group of failures of its own, in which that can be asked for or done. */
export async function placeInGroup(site: OpenMonitor, path: string, headers: object): Promise<string> {
  count += 1;
  const code = `code-${String(count)}`;
  const letter = {
    destination: '/queue/DLQ.site.work',
    headers: { 'baton-error-code': code, 'baton-error-message': 'It is ill.', 'original-destination': '/queue/site.w' },
    body: '{"a":1}',
  };
  await site.client.transact({ ack: [], send: [letter, letter, letter] });
  const group = await seenGroup(site, code, headers);
  const ask = async (): Promise<FailureGroupView> =>
    (await site.get(`/api/failed/${group}`, { ...headers })).json as FailureGroupView;
  const act = async (what: string, more: object): Promise<void> => {
    const body = { reason: 'a test', ...more };
    await site.send('POST', `/api/failed/${group}/${what}`, body, { 'baton-request': 'test', ...headers });
  };
  const n = async (): Promise<number | undefined> => {
    const { failures } = await ask();
    if (path.includes('/letters/')) return failures.items[0]?.n;
    if (path.endsWith('/stop')) await act('release', { count: 3, rate: 1 });
    if (path.endsWith('/undo')) await act('address', { upTo: failures.items[0]?.n });
    const { actions, addressings } = await ask();
    return (actions[0] ?? addressings[0])?.n;
  };
  return path.replace('{group}', group).replace('{n}', String(await n()));
}

/** The id of the group with that code, once all its letters were seen in the broker. */
async function seenGroup(site: OpenMonitor, code: string, headers: object): Promise<string> {
  for (;;) {
    const changed = site.ledger.failures.events.once('changed');
    const { items } = (await site.get(`/api/failed?code=${code}`, { ...headers })).json as FailedPage;
    const [group] = items;
    if (group?.letters === 3) return group.id;
    await changed;
  }
}
