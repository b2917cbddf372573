import { defineError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

/** A job asks for more than there is. */
export const tooLarge = defineError<{ what: string; wanted: number; available: number; backend: string }>(
  'compute.too-large',
  ({ what, wanted, available, backend }) =>
    `The program asks for ${wanted} ${what}; the backend ${JSON.stringify(backend)} has ${available}.`,
  'Ask for less in the recipe (resources), or declare what the host has in baton.yaml (compute).',
);

/** A program cannot be started. */
export const notStarted = defineError<{ program: string; reason: string }>(
  'compute.not-started',
  ({ program, reason }) => `${program} cannot be started: ${reason}.`,
  'Correct its path and its permissions, or what baton.yaml (programs) says of it.',
);

/** This host lacks what programs are limited and watched with. */
export const unsupported = defineError<{ missing: string }>(
  'compute.unsupported',
  ({ missing }) => `Programs cannot be run here: ${missing} is missing.`,
  'Run the service command on Linux, with the package util-linux installed.',
);

/** A program is to run as an account that it cannot run as. */
export const noAccount = defineError<{ user: string; reason: string }>(
  'compute.no-account',
  ({ user, reason }) => `Nothing can be run as ${JSON.stringify(user)}: ${reason}.`,
  'Correct the user in baton.yaml (programs), and run the service command as root where programs have users.',
);

/** What a program put in the place of its answers cannot be read. */
export const noAnswers = defineError<{ reason: string }>(
  'compute.no-answers',
  ({ reason }) => reason,
  'Have the program write its answers into the file that BATON_OUTPUT names.',
);

/** The backend `bullmq` is configured, and its packages are not installed. */
export const noBullMq = defineError<{ reason: string }>(
  'compute.no-bullmq',
  ({ reason }) => `BullMQ cannot be loaded: ${reason}.`,
  'Install it beside Baton: npm install bullmq ioredis.',
);

/** Redis does not answer, or refuses the login. */
export const noRedis = defineError<{ url: string; reason: string }>(
  'compute.no-redis',
  ({ url, reason }) => `Redis at ${url} cannot be used: ${reason}.`,
  'See that it runs, and that compute.bullmq.url in baton.yaml is right.',
);

/** A job comes from somebody who asks for what this host does not permit. */
export const foreignJob = defineError<{ program: string; problem: string; host: string }>(
  'compute.foreign-job',
  ({ program, problem, host }) => `${host} does not run ${JSON.stringify(program)}: ${problem}.`,
  'Give the worker the same programs in its baton.yaml as the service has that sends them.',
);

/** The backend `slurm` is configured, and Slurm's commands do not work here. */
export const noSlurm = defineError<{ reason: string }>(
  'compute.no-slurm',
  ({ reason }) => `Slurm's commands do not work on this host: ${reason}.`,
  'Install them here (sbatch, squeue, scancel, sacct, sinfo), or correct compute.slurm (bin, conf) in baton.yaml.',
);

/** Slurm does not take a job, and would not take it later. */
export const slurmRefused = defineError<{ program: string; reason: string }>(
  'compute.slurm-refused',
  ({ program, reason }) => `Slurm does not take ${program}: ${reason}.`,
  'Ask for less in the recipe (resources), or correct compute.slurm in baton.yaml (partition, account, qos, constraint).',
);

/** The cluster ended a job before its program began. */
export const notRun = defineError<{ program: string; cause: string }>(
  'compute.not-run',
  ({ program, cause }) => `${program} did not begin in the cluster: ${cause}.`,
  'See that Baton and Node.js are on the nodes where they are on this host, or what the cluster says of the job (sacct).',
);

/** Whoever can write to this folder could have programs run. */
export const openFolder = defineError<{ folder: string; problem: string }>(
  'compute.open-folder',
  ({ folder, problem }) => `The folder ${folder} cannot be used for jobs: ${problem}.`,
  'Make it for the account of Baton alone (chown, chmod 711), on a file system that service and nodes share.',
);

/** A step asks for a kind of host that the site does not have. */
export const unknownLabel = defineError<{ label: string; known: readonly string[] }>(
  'compute.unknown-label',
  ({ label, known }) =>
    `There is no label ${JSON.stringify(label)} in the cluster${didYouMean(label, known)}; ${known.length === 0 ? 'baton.yaml names none' : `known are ${known.join(', ')}`}.`,
  'Correct resources.label in the recipe, or name the label in baton.yaml (compute.slurm.labels).',
);
