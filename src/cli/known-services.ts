import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Backend } from '../compute/backend.ts';
import { BullMqBackend } from '../compute/bullmq/backend.ts';
import { LocalBackend } from '../compute/local.ts';
import { SlurmBackend } from '../compute/slurm/backend.ts';
import { builtinServices } from '../services/builtin/builtin.ts';
import { commandService } from '../services/builtin/command/command.ts';
import { isService, type AnyService } from '../services/service.ts';
import { badModule, unknownService } from './errors.ts';
import { lendOwnPackage } from './own-package.ts';

/** The services that ship with Baton, and those that the modules of the configuration export. Throws `cli.bad-module`. */
export async function knownServices(config: Config): Promise<readonly AnyService[]> {
  const { modules } = config;
  if (modules.length > 0) lendOwnPackage();
  const own = await Promise.all(modules.map(servicesIn));
  const shipped = builtinServices.map((service) => (service.name === 'command' ? commandOf(config) : service));
  return [...shipped, ...own.flat()];
}

/** The service that runs the programs of the site: on hosts that have workers, in a cluster, as far as there are such, and on this host. */
function commandOf({ programs, compute: { local, bullmq, slurm } }: Config): AnyService {
  const { perBeamline, waiting, devices, ...capacity } = local;
  const { cores = availableParallelism() } = capacity;
  const room = waiting ?? cores;
  const limits = { room, ...(perBeamline === undefined ? {} : { perBeamline }), ...(devices ? { devices } : {}) };
  const backends = (folder: string, log: Log): Backend[] => [
    ...(bullmq ? [new BullMqBackend({ ...bullmq, log })] : []),
    ...(slurm ? [new SlurmBackend({ ...slurm, log })] : []),
    new LocalBackend({ folder, capacity, ...limits, log }),
  ];
  return commandService({
    programs,
    concurrency: cores + room + (bullmq?.waiting ?? 0) + (slurm?.waiting ?? 0),
    backends,
  });
}

/** The service of that name. Throws `cli.unknown-service`. */
export function serviceNamed(name: string, known: readonly AnyService[]): AnyService {
  const service = known.find((candidate) => candidate.name === name);
  if (!service) throw unknownService({ name, known: known.map((candidate) => candidate.name) });
  return service;
}

async function servicesIn(file: string): Promise<readonly AnyService[]> {
  const exported = await import(pathToFileURL(file).href).then(
    (module: object) => Object.values(module) as unknown[],
    (error: unknown) => {
      throw badModule({ file, reason: messageOf(error) }, { cause: error });
    },
  );
  const services = exported.filter(isService);
  if (services.length === 0) throw badModule({ file, reason: 'it exports no service made with defineService' });
  return services;
}
