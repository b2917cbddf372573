import { resolve } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { Permissions } from '../services/builtin/command/permitted.ts';
import type { Resources } from '../compute/backend.ts';
import type { Program, Programs } from '../services/builtin/command/program.ts';
import { bytesOf } from '../services/builtin/command/units.ts';
import type { Config } from './config.ts';

/** What programs may have of this host, as far as that is said. */
export interface LocalConfig extends Partial<Resources> {
  readonly perBeamline?: number;
  /** How many wait for room on this host. */
  readonly waiting?: number;
}

/** `compute` of the configuration file as written. */
export interface ComputeFile {
  readonly local?: Omit<LocalConfig, 'memory'> & { readonly memory?: number | string };
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

/** What programs may have of this host. */
export function computeConfig({ local = {} }: ComputeFile): Config['compute'] {
  const { memory, ...rest } = local;
  return { local: { ...rest, ...(memory === undefined ? {} : { memory: bytesOf(memory) }) } };
}
