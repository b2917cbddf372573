import { join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { startLedger } from '../ledger/ledger.ts';
import { startMonitor } from '../monitor/monitor.ts';
import { recipeSchema } from '../recipes/schema.ts';
import type { RunningPart } from '../services/attend.ts';
import { Client } from '../stomp/client.ts';
import { installedServices } from './site-facts.ts';
import { brokerAddress, processName, type PartTools } from './part-tools.ts';

/** The ledger and the status page that shows it, in one process. */
export async function startMonitorPart(config: Config, { log, version }: PartTools): Promise<RunningPart> {
  const client = new Client({ address: brokerAddress(config), name: `${processName()} monitor`, log });
  await client.start();
  const ledger = await startLedger({ client, folder: join(config.store, 'ledger'), ...config.ledger, log });
  const { host, port } = config.page;
  const webRoot = resolve(import.meta.dirname, '../../dist/web');
  const schema = recipeSchema(await installedServices(config));
  const monitor = await startMonitor({ host, port, ledger, client, version, log, webRoot, recipeSchema: schema });
  const stop = async (): Promise<void> => {
    await monitor.stop();
    await ledger.stop();
    await client.stop();
  };
  return { details: { port: monitor.port }, stop };
}
