import { Dispatcher } from '../../src/dispatcher/dispatcher.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';

/** A dispatcher on the broker, with the recipes and the store named on the command line; it runs until it is killed, or its test is gone. */
const [address = '', recipes = '', store = ''] = process.argv.slice(2);
const fields = { beamline: [], visit: [], collection: [], runNumber: [] };
const dispatcher = new Dispatcher({
  address: parseBrokerAddress(address),
  recipes,
  store,
  announcements: { customRecipes: false, fields },
  host: `test.${String(process.pid)}`,
  version: '0',
});
await dispatcher.start();
process.send?.('running');
process.once('disconnect', () => process.exit());
