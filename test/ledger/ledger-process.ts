import { startLedger } from '../../src/ledger/ledger.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';

/** A ledger on the broker and the folder named on the command line; it runs until it is killed, or its test is gone. */
const [address = '', folder = ''] = process.argv.slice(2);
const client = new Client({ address: parseBrokerAddress(address), name: 'ledger' });
await client.start();
await startLedger({ client, folder });
process.send?.('running');
process.once('disconnect', () => process.exit());
