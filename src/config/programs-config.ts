import { resolve } from 'node:path';
import type { Container } from '../compute/backend.ts';
import { messageOf } from '../core/errors.ts';
import { Permissions } from '../services/builtin/command/permitted.ts';
import type { Program, Programs } from '../services/builtin/command/program.ts';
import { bytesOf } from '../services/builtin/command/units.ts';
import type { BullMqConfig, LocalConfig, SlurmConfig } from './compute-config.ts';
import type { Config } from './config.ts';

/** `compute` of the configuration file as written. */
export interface ComputeFile {
  readonly local?: Omit<LocalConfig, 'memory' | 'gpus' | 'devices'> & {
    readonly memory?: number | string;
    readonly gpus?: number | readonly (number | string)[];
  };
  readonly bullmq?: Partial<BullMqConfig> & Pick<BullMqConfig, 'url'>;
  readonly slurm?: Partial<Omit<SlurmConfig, 'reprocessing'>> &
    Pick<SlurmConfig, 'folder'> & { readonly reprocessing?: Partial<SlurmConfig['reprocessing']> };
}

/** `programs` of the configuration file as written. */
export type ProgramsFile = Readonly<
  Record<string, Omit<Program, 'container'> & { readonly container?: ContainerFile }>
>;

type ContainerFile = Omit<Container, 'engine'> & Partial<Container>;

/** The programs of a site. Paths are of the folder. */
export function programsConfig(read: ProgramsFile, folder: string): Programs {
  return Object.fromEntries(Object.entries(read).map(([name, program]) => [name, located(program, folder)]));
}

/** What is wrong with them that their schema does not say. */
export function programProblems(programs: ProgramsFile): readonly string[] {
  return Object.entries(programs).flatMap(([name, program]) => {
    try {
      void new Permissions(name, located(program, '/'));
      return [];
    } catch (error) {
      return [`programs.${name}.arguments is no JSON Schema: ${messageOf(error)}`];
    }
  });
}

function located({ container, ...program }: ProgramsFile[string], folder: string): Program {
  const { directories } = program;
  return {
    ...program,
    // What is in an image is not below the folder of the configuration.
    path: resolve(container ? '/' : folder, program.path),
    ...(container ? { container: entered(container, folder) } : {}),
    ...(directories === undefined ? {} : { directories: directories.map((each) => resolve(folder, each)) }),
  };
}

function entered({ engine = '/usr/bin/apptainer', image, ...rest }: ContainerFile, folder: string): Container {
  return { ...rest, engine: resolve(folder, engine), image: resolve(folder, image) };
}

/** Where programs run, and what they may have of this host. Paths are of the folder. */
export function computeConfig({ local = {}, bullmq, slurm }: ComputeFile, folder: string): Config['compute'] {
  const { memory, gpus, ...rest } = local;
  return {
    local: { ...rest, ...(memory === undefined ? {} : { memory: bytesOf(memory) }), ...gpusOf(gpus) },
    ...(bullmq ? { bullmq: { prefix: 'baton', waiting: 3000, labels: [], ...bullmq } } : {}),
    ...(slurm ? { slurm: slurmConfig(slurm, folder) } : {}),
  };
}

function slurmConfig(slurm: NonNullable<ComputeFile['slurm']>, folder: string): SlurmConfig {
  const { folder: shared, reprocessing = {} } = slurm;
  return {
    ...{ labels: {}, requeue: false, poll: 2, waiting: 1000, ...slurm },
    folder: resolve(folder, shared),
    reprocessing: { nice: 1000, ...reprocessing },
  };
}

function gpusOf(gpus: number | readonly (number | string)[] | undefined): Pick<LocalConfig, 'gpus' | 'devices'> {
  if (gpus === undefined) return {};
  return typeof gpus === 'number' ? { gpus } : { gpus: gpus.length, devices: gpus.map(String) };
}
