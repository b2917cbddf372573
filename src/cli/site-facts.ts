import type { Config } from '../config/config.ts';
import type { QueueView, ServiceView } from '../monitor/api.ts';
import type { KnownService, SiteFacts } from '../recipes/lint/site.ts';
import { names } from '../services/names.ts';
import { askForAll, type MonitorPlace } from './ask-monitor.ts';
import { knownServices } from './known-services.ts';

/** What the configuration tells of the site that recipes are for: its services with their queues, and who reads what. */
export async function configuredSite(config: Config): Promise<SiteFacts> {
  const services = await installedServices(config);
  const running = new Set(Object.values(config.processes).flat());
  const read = services.filter(({ name }) => running.has(name)).map(({ queue }) => queue);
  const { programs } = config;
  return { services, programs, readers: new Set([...read, ...names.announcements]), source: 'configuration' };
}

/** The same as it is now: by the heartbeats that the monitor hears, and the consumers that the broker counts. */
export async function liveSite(config: Config, monitor: MonitorPlace): Promise<SiteFacts> {
  const services = await installedServices(config);
  const [beating, queues] = await Promise.all([
    askForAll<ServiceView>(monitor, '/api/services'),
    askForAll<QueueView>(monitor, '/api/queues'),
  ]);
  const alive = beating.filter(({ lost }) => !lost);
  const running = new Set(alive.map(({ serviceClass }) => serviceClass));
  const read = services.filter(({ name }) => running.has(name)).map(({ queue }) => queue);
  const consumed = queues.filter(({ consumers }) => consumers > 0).map(({ name }) => name);
  const heard = alive.flatMap(({ service, serviceClass }) => [service, serviceClass]);
  const { programs } = config;
  return { services, programs, readers: new Set([...read, ...consumed]), source: 'heartbeats', heard };
}

/** The installed services, each with the queue that it has at this site. */
export async function installedServices(config: Config): Promise<readonly KnownService[]> {
  const installed = await knownServices(config);
  return installed.map((service) => ({ ...service, queue: config.services[service.name]?.queue ?? service.queue }));
}
