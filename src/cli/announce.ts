import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Config } from '../config/config.ts';
import type { Spooled } from '../dispatcher/spool.ts';
import { Announcer, type Answer } from '../rehearsal/announcer.ts';
import { announceLater, isBrokerDown } from './announce-later.ts';
import { connect } from './connect.ts';
import { noAnswer } from './errors.ts';
import { failureOf } from './failure.ts';
import { configOf, priority, seconds, withCommon, type CommonOptions } from './options.ts';
import { output, type Output } from './output.ts';
import { announcementIn, parametersFrom, withSet } from './parameters.ts';
import { userName } from './user.ts';

interface AnnounceOptions extends CommonOptions {
  readonly set: readonly string[];
  readonly file?: string;
  readonly wait?: boolean;
  readonly spool: boolean;
  readonly timeout: number;
  readonly priority?: string;
}

/** `baton announce`: a data collection, or recipes by name. */
export function announceCommand(program: Command): void {
  withSet(
    withCommon(program.command('announce').argument('[recipes...]', 'recipes to run; without any, the rules choose')),
  )
    .description('announce a data collection, or run recipes')
    .option(
      '--file <file>',
      'the announcement as a JSON file ({"recipes": [...], "parameters": {...}}); - is standard input',
    )
    .option('--wait', 'wait for the final answer: exit 0 only when the run finished')
    .option('--no-spool', 'when the broker does not answer, fail, and do not keep the announcement for later')
    .option('--timeout <seconds>', 'how long to wait', seconds, 3600)
    .option('--priority <0-9>', 'priority of every message of the run', priority)
    .action(async (recipes: string[], options: AnnounceOptions) => {
      await announce(recipes, options, output(options.json === true));
    });
}

async function announce(recipes: readonly string[], options: AnnounceOptions, out: Output): Promise<void> {
  const message = await messageFrom(recipes, options);
  const queue = 'recipes' in message || 'custom_recipe' in message ? 'processing_recipe' : 'data-collection';
  const headers = {
    'zocalo.go.user': userName(),
    'zocalo.go.host': hostname(),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
  const config = await configOf(options);
  try {
    await announceNow(config, { queue, message, headers }, options, out);
  } catch (error) {
    if (options.wait === true || !options.spool || !isBrokerDown(error)) throw error;
    await announceLater(config, { queue, message, headers }, out);
  }
}

/** Announces, and tells the answers: the first, or all where they are waited for. */
export async function announceNow(
  config: Config,
  announcement: Spooled,
  options: Pick<AnnounceOptions, 'wait' | 'timeout'>,
  out: Output,
): Promise<void> {
  report(await answersTo(config, announcement, options, out), out);
}

async function answersTo(
  config: Config,
  { queue, message, headers }: Spooled,
  options: Pick<AnnounceOptions, 'wait' | 'timeout'>,
  out: Output,
): Promise<readonly Answer[]> {
  await using client = await connect(config, 'baton announce');
  const announcer = new Announcer(client);
  await announcer.start();
  const got: Answer[] = [];
  const signal = AbortSignal.timeout(options.timeout * 1000);
  try {
    for await (const answer of announcer.announce(queue, message, { headers, signal })) {
      got.push(answer);
      if (answer.status === 'accepted' || answer.status === 'result') out.say(line(answer));
      if (answer.status === 'accepted' && options.wait !== true) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw noAnswer({ seconds: options.timeout, got: got.map(({ status }) => status) });
  }
  return got;
}

function report(got: readonly Answer[], out: Output): void {
  const last = got.at(-1);
  if (!last) return;
  const failure = failureOf(last);
  if (failure) throw failure;
  const results = got.flatMap(({ status, result }) => (status === 'result' ? [result ?? null] : []));
  out.result({ run: last.run, status: last.status, results }, () => (last.status === 'finished' ? [line(last)] : []));
}

function line({ status, run, reason, result }: Answer): string {
  if (status === 'result') return `result    ${JSON.stringify(result)}`;
  return `${status.padEnd(9)} ${run}${reason === undefined ? '' : `  ${reason}`}`;
}

async function messageFrom(recipes: readonly string[], { file, set }: AnnounceOptions): Promise<JsonObject> {
  const base = file === undefined ? {} : await announcementIn(file);
  // With an id of its own it can be sent again when nobody knows whether it arrived: one run is started.
  const parameters = {
    guid: randomUUID(),
    ...(isObject(base['parameters']) ? base['parameters'] : {}),
    ...parametersFrom(set),
  };
  return { ...base, parameters, ...(recipes.length > 0 ? { recipes } : {}) };
}
