import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InvalidArgumentError, type Command } from 'commander';
import type { Job } from '../compute/backend.ts';
import { BullMqWorker } from '../compute/bullmq/worker.ts';
import { foreignJob } from '../compute/errors.ts';
import { LocalBackend } from '../compute/local.ts';
import type { Config } from '../config/config.ts';
import { createLog, type Log } from '../core/log.ts';
import type { Programs } from '../services/builtin/command/program.ts';
import { usage } from './errors.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';

interface WorkerOptions extends CommonOptions {
  readonly labels?: readonly string[];
}

/** `baton worker`: runs programs of the site here, as the service `command` hands them over in Redis. */
export function workerCommand(program: Command): void {
  withCommon(program.command('worker'))
    .description('run programs of the site on this host, as they are handed over in Redis (compute.bullmq)')
    .option(
      '--labels <list>',
      'kinds of host that this is, with commas between: it runs what asks for them, too',
      labels,
    )
    .action(work);
}

/** It ends when it is told to, once what runs has ended; told twice, what runs is given back, for other hosts. */
async function work(options: WorkerOptions): Promise<void> {
  const config = await configOf(options);
  const log = createLog(config.log, 'worker');
  await using worker = await workerOf(config, options.labels ?? config.compute.bullmq?.labels ?? [], log);
  await worker.start();
  const out = output(options.json === true);
  const { cores, memory, gpus } = worker.capacity;
  const gigabytes = Math.floor(memory / 1024 ** 3);
  out.say(`Up: programs run on ${hostname()}, with ${cores} cores, ${gigabytes} GB of memory and ${gpus} gpus.`);
  await asked();
  out.say(`Ending: ${worker.running} programs come to their end first. Ask again, and they are given back …`);
  const again = asked().then(async () => worker.stop(true));
  await Promise.race([worker.stop(), again]);
  // A connection to a Redis that is away may try on: there is nothing left to wait for.
  process.exit();
}

async function workerOf(config: Config, labels: readonly string[], log: Log): Promise<BullMqWorker> {
  const { bullmq, local } = config.compute;
  if (!bullmq) throw usage({ problem: 'A worker needs a Redis: name it in baton.yaml (compute.bullmq.url)' });
  const folder = join(config.store, 'worker');
  await mkdir(folder, { recursive: true });
  const { perBeamline, waiting: _waiting, devices, ...capacity } = local;
  const limits = { ...(perBeamline === undefined ? {} : { perBeamline }), ...(devices ? { devices } : {}) };
  const backend = new LocalBackend({ folder, capacity, log, ...limits });
  const { url, prefix, rate } = bullmq;
  const permits = permittedBy(config.programs);
  return new BullMqWorker({ url, prefix, backend, labels, permits, log, ...(rate ? { rate } : {}) });
}

/** Whoever may write to Redis may ask for anything: this host runs its own site's programs, as their own accounts. */
function permittedBy(programs: Programs): (job: Job) => void {
  return ({ origin: { program: name }, command: [path, ...given], container, user }) => {
    const refuse = (problem: string): never => {
      throw foreignJob({ program: name, problem, host: hostname() });
    };
    const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
    if (!program) return refuse('its baton.yaml names no such program');
    if (program.path !== path) refuse(`it is ${program.path} here, and ${path} is asked for`);
    if (!isDeepStrictEqual(program.container, container)) refuse('it runs in another container here, or in none');
    if (program.user !== user) refuse(`it runs as ${program.user ?? 'the account of the worker'} here`);
    const { fixed = [] } = program;
    if (fixed.some((word, index) => given[index] !== word)) refuse('its fixed arguments are others here');
  };
}

/** Resolves with the next signal to end. */
async function asked(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

function labels(text: string): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.every((name) => /^[A-Za-z0-9_-]{1,40}$/.test(name))) return names;
  throw new InvalidArgumentError('Expected names of letters, digits, - and _, with commas between.');
}
