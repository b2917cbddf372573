/** What `startMonitorProcess` forks: the part of Baton that has ledger and status page, as `baton up` starts it. Lives until it is ended. */
import { loadConfig } from '../src/config/load.ts';
import { silent } from '../src/core/log.ts';
import { startMonitorPart } from '../src/cli/monitor-part.ts';

const [store = '', broker = '', httpPort = '', webRoot] = process.argv.slice(2);
const surroundings = { shippedRecipes: store, workingFolder: store };
const config = await loadConfig(undefined, { store, broker, httpPort: Number(httpPort) }, surroundings);
const part = await startMonitorPart(config, { log: silent, version: 'bench' }, webRoot);
process.once('SIGTERM', () => void part.stop().then(() => process.disconnect()));
// Nobody reads the page of a bench that is gone.
process.once('disconnect', () => void part.stop());
process.send?.('ready');
