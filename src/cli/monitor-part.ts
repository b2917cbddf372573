import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { openAccess } from '../access/access.ts';
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/secret.ts';
import { startLedger } from '../ledger/ledger.ts';
import { startMonitor, type MonitorOptions } from '../monitor/monitor.ts';
import { reprocessingPart } from './reprocessing-part.ts';
import type { HealthOptions } from '../monitor/health-options.ts';
import { recipeSchema } from '../recipes/schema.ts';
import type { RunningPart } from '../services/attend.ts';
import { Client } from '../stomp/client.ts';
import { announcingSite } from './announcing-site.ts';
import { alertReceivers } from './alert-receivers.ts';
import { recipeSite } from './recipe-site.ts';
import { installedServices } from './site-facts.ts';
import { brokerAddress, processName, type PartTools } from './part-tools.ts';

/** The ledger and the status page that shows it, in one process. `webRoot`: the folder of the built page. */
export async function startMonitorPart(
  config: Config,
  { log, version }: Pick<PartTools, 'log' | 'version'>,
  webRoot = resolve(import.meta.dirname, '../../dist/web'),
): Promise<RunningPart> {
  const client = new Client({ address: brokerAddress(config), name: `${processName()} monitor`, log });
  await client.start();
  // Log lines come over a connection of their own: a flood of them waits there, and not before records.
  const logClient = new Client({ address: brokerAddress(config), name: `${processName()} run log`, log });
  await logClient.start();
  // Letters that are held in their queue keep nothing else waiting.
  const letterClient = new Client({ address: brokerAddress(config), name: `${processName()} dead letters`, log });
  await letterClient.start();
  const letters = { client: letterClient, folder: join(config.store, 'dead-letters') };
  const { linesPerRun, megabytes, days } = config.runLog;
  const runLog = { client: logClient, limits: { linesPerRun, bytes: megabytes * 1e6, days } };
  const ledger = await startLedger({ client, folder: join(config.store, 'ledger'), ...config.ledger, runLog, log });
  const access = openAccess(join(config.store, 'access'), { sessions: config.page.sessions });
  const services = await installedServices(config);
  const schema = recipeSchema(services);
  const reprocessing = await reprocessingPart(config, { client, ledger, log });
  const monitor = await startMonitor({
    reprocessing,
    ...(await pageOptions(config)),
    ...{ access, ledger, client, version, log, webRoot, recipeSchema: schema, recipes: await recipeSite(config) },
    announcing: await announcingSite(config, services, client),
    letters,
    shifts: config.shifts,
    health: await healthOptions(config),
  });
  const stop = async (): Promise<void> => {
    await monitor.stop();
    await reprocessing.stop();
    access[Symbol.dispose]();
    await ledger.stop();
    await Promise.all([client.stop(), logClient.stop(), letterClient.stop()]);
  };
  return { details: { port: monitor.port }, stop };
}

/** Where the page listens, and who may do what there. */
async function pageOptions({
  page,
}: Config): Promise<Pick<MonitorOptions, 'host' | 'port' | 'files' | 'rules' | 'sessionHours' | 'tls'>> {
  const { host, port, tls, local, unclaimed, proxy, sessions, files } = page;
  const rules = { unclaimed, ...(local === undefined ? {} : { local }), ...(proxy && { proxy }) };
  const pem = tls && {
    key: await readSecret('page.tls.key', tls.key),
    cert: await readSecret('page.tls.cert', tls.cert),
  };
  return { host, port, files, rules, sessionHours: sessions.hours, tls: pem };
}

async function healthOptions({ health, alerts, broker, store }: Config): Promise<HealthOptions> {
  const folder = join(store, 'broker');
  const own = { name: 'broker', folder, reserve: join(folder, 'broker.sqlite.reserve') };
  return {
    limits: health.limits,
    forgetLost: health.forgetLostSeconds,
    stores: [{ name: 'ledger', folder: join(store, 'ledger') }, ...(broker.url === undefined ? [own] : [])],
    receivers: await alertReceivers(alerts),
    from: hostname(),
  };
}
