import { startLedger } from '../src/ledger/ledger.ts';
import { attend } from '../src/services/attend.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';

/** What the process of the ledger is told. */
export interface LedgerBegin {
  readonly address: string;
  readonly folder: string;
}

/** The ledger in a process of its own. */
attend(process, async (begin) => {
  const { address, folder } = begin as unknown as LedgerBegin;
  await using starting = new AsyncDisposableStack();
  const client = starting.use(new Client({ address: parseBrokerAddress(address), name: 'bench ledger' }));
  await client.start();
  starting.use(await startLedger({ client, folder }));
  const running = starting.move();
  return { details: {}, stop: async () => running.disposeAsync() };
});
