import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { createLog } from '../core/log.ts';
import { addressText } from '../stomp/address.ts';
import { monitorAddress } from './ask-monitor.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output, type Output } from './output.ts';
import { brokerAddress } from './part-tools.ts';
import type { PartKind } from './parts.ts';
import { storeFolder } from './store-folder.ts';
import { partsOf, supervise, type Supervised } from './supervise.ts';

/** `baton up` and the commands that start one part of it; each is supervised. */
export function upCommands(program: Command): void {
  withCommon(program.command('up'))
    .description('start everything that this host is to run, and keep it running')
    .action(async (options: CommonOptions) => keepUp(options, partsOf));
  single(program, 'broker', 'start the embedded broker alone');
  single(program, 'dispatcher', 'start a dispatcher alone');
  single(program, 'monitor', 'start the ledger and the status page alone');
  withCommon(program.command('service').argument('<names...>', 'services that share a process'))
    .description('start services alone, for example on another host')
    .action(async (services: string[], options: CommonOptions) =>
      keepUp(options, () => [{ kind: 'services', name: services.join(' '), services }]),
    );
}

function single(program: Command, kind: 'broker' | 'dispatcher' | 'monitor', description: string): void {
  withCommon(program.command(kind))
    .description(description)
    .action(async (options: CommonOptions) => keepUp(options, () => [{ kind }]));
}

/** Runs until Ctrl-C, SIGTERM, or a shutdown over the broker; everything is drained before it returns. */
async function keepUp(options: CommonOptions, parts: (config: Config) => readonly PartKind[]): Promise<void> {
  const config = await configOf(options);
  const out = output(options.json === true);
  const ended = untilAsked();
  const wanted = parts(config);
  await using up = await supervise(wanted, config, createLog(config.log, 'supervisor'), ended.ask);
  up.supervisor.events.on('output', ({ text }) => void process.stderr.write(text));
  tellDeaths(up, out);
  if (await ended.before(up.start())) tellReady(config, wanted, out);
  await ended.promise;
  out.say('Ending: what runs is finished first …');
}

/** The end of this process, when somebody asks for it. */
export interface Asked {
  /** Settles when the user, the system, or someone over the broker asks. */
  readonly promise: Promise<void>;
  /** Aborted when `promise` settles. */
  readonly signal: AbortSignal;
  readonly ask: () => void;
  /** Waits for the work, but not longer than until someone asks: true when it was done before. */
  before(work: Promise<void>): Promise<boolean>;
}

/** Listens, from now on, for whoever asks this process to end. A second Ctrl-C ends it at once. */
export function untilAsked(): Asked {
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked = new AbortController();
  const ask = (): void => {
    asked.abort();
    resolve();
  };
  process.once('SIGINT', ask);
  process.once('SIGTERM', ask);
  const before = async (work: Promise<void>): Promise<boolean> =>
    await Promise.race([work.then(() => true), promise.then(() => false)]);
  return { promise, signal: asked.signal, ask, before };
}

/** Says in a sentence when a part died, and what is done about it. */
export function tellDeaths({ supervisor }: Supervised, out: Output): void {
  supervisor.events.on('died', ({ part, how, restartIn, running }) => {
    const suspects = running.length === 0 ? '' : ` while ${running.length} message${running.length > 1 ? 's' : ''} ran`;
    out.say(`${part} died (${how})${suspects}; it is started again in ${restartIn.toFixed(1)} s.`);
  });
}

/** Keeps what the parts write in `logs/` of the store, a file each. Throws `cli.store-unusable`. */
export async function logToFiles({ supervisor }: Supervised, config: Config): Promise<void> {
  const folder = await storeFolder(config, 'logs');
  const files = new Map<string, WriteStream>();
  supervisor.events.on('output', ({ part, text }) => {
    const file = files.get(part) ?? logFile(join(folder, `${part}.log`));
    files.set(part, file);
    file.write(text);
  });
}

/** A full disk ends the log, not the work. */
function logFile(path: string): WriteStream {
  const file = createWriteStream(path, { flags: 'a' });
  return file.on('error', ({ message }) => void process.stderr.write(`No more is logged to ${path}: ${message}\n`));
}

function tellReady(config: Config, parts: readonly PartKind[], out: Output): void {
  const broker = addressText(brokerAddress(config));
  const page = parts.some(({ kind }) => kind === 'monitor') ? monitorAddress(config) : undefined;
  out.result({ ready: true, broker, ...(page === undefined ? {} : { page }) }, () => [
    `Baton is up. Broker ${broker}${page === undefined ? '' : `, status page ${page}`}. Ctrl-C ends it.`,
  ]);
}
