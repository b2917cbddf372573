import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { colours } from './colours.ts';
import type { Config } from '../config/config.ts';
import { isObject, type Json } from '../core/json.ts';
import { acquire, type AcquisitionEvent, type ScanFrames } from '../rehearsal/acquisition.ts';
import { Announcer, type Answer } from '../rehearsal/announcer.ts';
import { monitorAddress } from './ask-monitor.ts';
import { connect } from './connect.ts';
import { noAnswer, runFailed } from './errors.ts';
import { failureOf } from './failure.ts';
import { configOf, positiveNumber, seconds, wholeNumber, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output, type Output } from './output.ts';
import { progress, type Progress } from './progress.ts';
import { frameSize, framesFor, type ScanOptions, type Truth } from './rehearsed-scan.ts';
import { storeFolder } from './store-folder.ts';
import { table } from './table.ts';

export interface GridscanOptions extends CommonOptions, ScanOptions {
  readonly timeout: number;
}

/** What a rehearsal found. */
export interface Rehearsal {
  readonly run: string;
  readonly frames: number;
  /** Spots of each frame, in the order taken; null where one is missing. */
  readonly spots: readonly (number | null)[];
  readonly result: Json;
  /** Null where a real scan was replayed: nobody knows it. */
  readonly truth: Truth | null;
  readonly latency: { readonly lastFrameToResultMs: number; readonly announcedToAcceptedMs: number };
  /** Whether the result is the truth, to half a box; where that is unknown, whether a crystal was found. */
  readonly right: boolean;
}

/** `baton rehearse gridscan`: a simulated acquisition against a Baton that is up. */
export function rehearseCommand(program: Command): void {
  const rehearse = program.command('rehearse').description('simulate an acquisition, from the detector to the result');
  withScan(withCommon(rehearse.command('gridscan')))
    .description('simulate a grid scan of a crystal at a known place; exit 0 when it is found there')
    .action(async (options: GridscanOptions) => {
      const out = output(options.json === true);
      const config = await configOf(options);
      const found = await rehearseGridscan(config, options, out);
      report(found, config, out);
      if (!found.right) process.exitCode = exitCodes.failed;
    });
}

/** Adds the options that say what is scanned. */
export function withScan(command: Command): Command {
  return command
    .option('--frames <n>', 'frames, one per position of the grid', wholeNumber)
    .addOption(
      new Option('--size <size>', 'pixels of a frame: WIDTHxHEIGHT, or 1M (1030x1065)')
        .argParser(frameSize)
        .default(frameSize('1M'), '1M'),
    )
    .option('--rate <hz>', 'frames per second', positiveNumber)
    .option('--from <folder>', 'replay the frames of a real scan instead: a folder of numbered CBF files, one line')
    .option('--snaked', 'every second line is scanned backwards')
    .addOption(
      new Option('--orientation <which>', 'order of the positions')
        .choices(['horizontal', 'vertical'])
        .default('horizontal'),
    )
    .option('--seed <n>', 'chooses crystal, background and noise', wholeNumber, 1)
    .option('--timeout <seconds>', 'how long to wait for the result', seconds, 600);
}

/**
 * Rehearses against the broker of the configuration. Throws when the announcement is refused, its run fails, or no answer
 * comes; and the reason of the signal when that ends it.
 */
export async function rehearseGridscan(
  config: Config,
  options: GridscanOptions,
  out: Output,
  ended?: AbortSignal,
): Promise<Rehearsal> {
  await using client = await connect(config, 'baton rehearse');
  const announcer = new Announcer(client);
  await announcer.start();
  const folder = await scanFolder(config);
  const scan = await framesFor(options, folder);
  const { frames, truth } = scan;
  const bar = progress(process.stderr, !out.isJson);
  const seen = new Timeline(frames, bar);
  const timeout = AbortSignal.timeout(options.timeout * 1000);
  const signal = ended ? AbortSignal.any([timeout, ended]) : timeout;
  let last: Answer;
  try {
    last = await acquire({ announcer, frames, signal, tell: (event) => seen.take(event) });
  } catch (error) {
    throw timeout.aborted ? noAnswer({ seconds: options.timeout, got: seen.statuses }, { cause: error }) : error;
  } finally {
    bar.end();
  }
  const { result } = seen;
  const failure = failureOf(last);
  if (failure) throw failure;
  if (result === undefined) throw runFailed({ run: last.run, reason: 'it ended without a result' });
  return {
    run: last.run,
    frames: frames.count,
    spots: scan.spotsOf(result),
    result,
    truth: truth ?? null,
    latency: seen.latency(),
    right: isRight(result, truth),
  };
}

/** What happens in an acquisition, as it is shown and timed. */
class Timeline {
  readonly statuses: string[] = [];
  result: Json | undefined;
  readonly #frames: ScanFrames;
  readonly #bar: Progress;
  #announced = 0;
  #accepted = 0;
  #lastFrame = 0;
  #resulted = 0;

  constructor(frames: ScanFrames, bar: Progress) {
    this.#frames = frames;
    this.#bar = bar;
  }

  take(event: AcquisitionEvent): void {
    switch (event.kind) {
      case 'announced':
        this.#announced = Date.now();
        return;
      case 'accepted':
        this.#accepted = Date.now();
        return;
      case 'written':
        return this.#bar.show(
          event.frames,
          this.#frames.count,
          `${event.frames} of ${this.#frames.count} frames written`,
        );
      case 'lastFrame':
        this.#lastFrame = event.time;
        return this.#bar.show(1, 1, 'all frames written, waiting for the result');
      case 'answer':
        this.statuses.push(event.answer.status);
        if (event.answer.status !== 'result' || this.result !== undefined) return;
        this.result = event.answer.result ?? null;
        this.#resulted = event.time;
    }
  }

  latency(): Rehearsal['latency'] {
    return {
      lastFrameToResultMs: this.#resulted - this.#lastFrame,
      announcedToAcceptedMs: Math.max(0, this.#accepted - this.#announced),
    };
  }
}

/** Boxes that the centre may be off: the method does not weigh boxes, so it cannot do better. */
const tolerance = 0.75;

function isRight(result: Json, truth: Truth | undefined): boolean {
  if (!isObject(result) || result['status'] !== 'ok') return false;
  if (!truth) return true;
  return (
    Math.hypot(
      Number(result['centre_x_box']) - truth.centre_x_box,
      Number(result['centre_y_box']) - truth.centre_y_box,
    ) <= tolerance
  );
}

/** Tells a person what was found. */
export function report(found: Rehearsal, config: Config, out: Output): void {
  out.result(found, () => {
    const { result, truth, latency, right } = found;
    const rows = ['centre_x_box', 'centre_y_box', 'centre_x', 'centre_y'].map((name) => [
      name,
      number(isObject(result) ? result[name] : null),
      truth ? number((truth as unknown as Record<string, Json>)[name]) : 'unknown',
    ]);
    return [
      ...table(['X-ray centring', 'found', 'truth'], rows).map((line) => `  ${line}`),
      '',
      verdict(found),
      `Last frame → result: ${latency.lastFrameToResultMs} ms.`,
      `Status page: ${colours.underline(`${monitorAddress(config)}/runs/${found.run}`)}`,
      ...(right ? [] : ['', 'See the heat map there for what each frame gave.']),
    ];
  });
}

function verdict({ right, truth, result }: Rehearsal): string {
  if (!right) return colours.red('✗ The crystal was not found where it is.');
  const image = isObject(result)
    ? `best image ${JSON.stringify(result['best_image'])}, ${JSON.stringify(result['reflections_in_best_image'])} spots`
    : '';
  return colours.green(truth ? `✓ The crystal was found where it is (${image}).` : `✓ A crystal was found (${image}).`);
}

function number(value: Json | undefined): string {
  return typeof value === 'number' ? value.toFixed(2) : '–';
}

/** So many scans are kept, for a look at their frames; older ones are removed. */
const keptScans = 3;

async function scanFolder(config: Config): Promise<string> {
  const folder = resolve(await storeFolder(config, 'rehearsal'));
  const scans = (await readdir(folder)).filter((name) => name.startsWith('scan-')).sort();
  for (const old of scans.slice(0, Math.max(0, scans.length - keptScans + 1)))
    await rm(join(folder, old), { recursive: true, force: true });
  const scan = join(folder, `scan-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(scan);
  return scan;
}
