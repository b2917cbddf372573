import { resolve } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { Permissions } from '../services/builtin/command/permitted.ts';
import type { Program, Programs } from '../services/builtin/command/program.ts';
import { bytesOf } from '../services/builtin/command/units.ts';
import type { BullMqConfig, LocalConfig } from './compute-config.ts';
import type { Config } from './config.ts';

/** `compute` of the configuration file as written. */
export interface ComputeFile {
  readonly local?: Omit<LocalConfig, 'memory'> & { readonly memory?: number | string };
  readonly bullmq?: Partial<BullMqConfig> & Pick<BullMqConfig, 'url'>;
}

/** The programs of a site. Paths are of the folder. */
export function programsConfig(read: Programs, folder: string): Programs {
  return Object.fromEntries(Object.entries(read).map(([name, program]) => [name, located(program, folder)]));
}

/** What is wrong with them that their schema does not say. */
export function programProblems(programs: Programs): readonly string[] {
  return Object.entries(programs).flatMap(([name, program]) => {
    try {
      void new Permissions(name, program);
      return [];
    } catch (error) {
      return [`programs.${name}.arguments is no JSON Schema: ${messageOf(error)}`];
    }
  });
}

function located(program: Program, folder: string): Program {
  const { directories } = program;
  return {
    ...program,
    path: resolve(folder, program.path),
    ...(directories === undefined ? {} : { directories: directories.map((each) => resolve(folder, each)) }),
  };
}

/** Where programs run, and what they may have of this host. */
export function computeConfig({ local = {}, bullmq }: ComputeFile): Config['compute'] {
  const { memory, ...rest } = local;
  return {
    local: { ...rest, ...(memory === undefined ? {} : { memory: bytesOf(memory) }) },
    ...(bullmq ? { bullmq: { prefix: 'baton', waiting: 1000, labels: [], ...bullmq } } : {}),
  };
}
