import { basename } from 'node:path';
import { isBelow } from '../core/below.ts';
import type { Container } from './backend.ts';
import { notStarted } from './errors.ts';

/** What of the host a job needs in its container. */
export interface Inside {
  /** With its files. */
  readonly folder: string;
  readonly directory: string;
  readonly home: string;
}

type Enter = (container: Container, inside: Inside) => readonly string[];

/**
 * Each becomes the program, or waits for it, in the session of the job: so limits, signals and the reaper reach all that
 * it starts. Engines with a daemon start it for somebody else, and are not among them.
 */
const engines: Readonly<Record<string, Enter>> = {
  apptainer: apptainer,
  singularity: apptainer,
  'ch-run': charliecloud,
};

/** By what the engines are told apart: the last part of their path. */
export const engineNames: readonly string[] = Object.keys(engines);

/** The words before a program's own, with which it is run in its container. Throws `compute.not-started`. */
export function enter(container: Container, inside: Inside): readonly string[] {
  const { engine, image } = container;
  const known = engines[basename(engine)];
  if (!known) throw notStarted({ program: engine, reason: `containers are entered with ${engineNames.join(', ')}` });
  // Where engines part what to bind from where.
  if (/[:,]/.test(`${inside.folder}${inside.directory}`))
    throw notStarted({
      program: image,
      reason: `no container can work in ${inside.directory}, as its name has , or :`,
    });
  return known(container, inside);
}

/** apptainer-exec(1). `--contain` leaves out the host's /tmp and home; `--no-eval`, as the engine would have a shell read all variables. */
function apptainer(container: Container, inside: Inside): readonly string[] {
  const { engine, image, options = [] } = container;
  const surroundings = ['--home', inside.home, ...bound(container, inside), '--pwd', inside.directory];
  return [engine, 'exec', '--contain', '--no-eval', ...surroundings, ...options, image];
}

/** ch-run(1). What is bound has to have its place in the image. */
function charliecloud(container: Container, inside: Inside): readonly string[] {
  const { engine, image, options = [] } = container;
  // It wants to know a user, whatever that is good for.
  return [
    '/usr/bin/env',
    'USER=baton',
    engine,
    ...bound(container, inside),
    '--cd',
    inside.directory,
    ...options,
    image,
    '--',
  ];
}

function bound({ binds = [] }: Container, { folder, directory }: Inside): string[] {
  const own = isBelow(directory, folder) ? [folder] : [folder, directory];
  return [...own, ...binds].flatMap((each) => ['--bind', each]);
}
