import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { SlurmTools } from './tools.ts';

/** What Slurm knows of a job that is over. */
export interface SlurmRecord {
  /** In Slurm's words: `NODE_FAIL`, `CANCELLED`, … */
  readonly state: string;
  /** The rest of what it says: who cancelled it (`by 0`), perhaps. */
  readonly said: string;
  readonly node: string;
  /** Seconds; absent without accounting. */
  readonly waited?: number;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  /** Bytes. */
  readonly peakMemory?: number;
}

/** States that are no end. */
const goingOn =
  /^(?:PENDING|RUNNING|CONFIGURING|COMPLETING|SUSPENDED|STOPPED|REQUEUED|REQUEUE_\w+|RESIZING|SIGNALING|STAGE_OUT|SPECIAL_EXIT)$/;
/** Jobs asked for at once. */
const together = 500;

/** Asks Slurm what became of jobs. */
export class SlurmRecords {
  readonly #tools: SlurmTools;
  readonly #log: Log;
  #hasAccounting = true;

  constructor(tools: SlurmTools, log: Log) {
    this.#tools = tools;
    this.#log = log;
  }

  /** Those that are over, by name (`123_4`): from the accounts, else from what the controller remembers for some minutes. */
  async of(names: readonly string[]): Promise<ReadonlyMap<string, SlurmRecord>> {
    const accounts = await this.#accountsOf(names);
    const others = names.filter((name) => !accounts.has(name));
    return new Map([...(await this.#remembered(others)), ...accounts]);
  }

  async #accountsOf(names: readonly string[]): Promise<ReadonlyMap<string, SlurmRecord>> {
    if (!this.#hasAccounting) return new Map();
    try {
      return new Map(
        await this.#each(names, async (some) => recordsIn(await this.#tools.run('sacct', [...sacct, some]))),
      );
    } catch (error) {
      const reason = messageOf(error);
      this.#hasAccounting = !reason.includes('accounting storage is disabled');
      this.#log[this.#hasAccounting ? 'warn' : 'info']({ reason }, 'Slurm gives no accounts');
      return new Map();
    }
  }

  async #remembered(names: readonly string[]): Promise<(readonly [string, SlurmRecord])[]> {
    const format = ['--noheader', '--array', '--states=all', '--format=%i|%T|%r|%N'];
    return await this.#each(names, async (some) => {
      const text = await this.#tools.run('squeue', [...format, `--jobs=${some}`]).catch((error: unknown) => {
        // So it says when it knows none of them.
        if (messageOf(error).includes('Invalid job id')) return '';
        throw error;
      });
      return linesIn(text).flatMap(([name = '', state = '', reason = '', node = '']) =>
        goingOn.test(state) ? [] : [[name, { state, said: reason === 'None' ? '' : reason, node }] as const],
      );
    });
  }

  async #each<Found>(names: readonly string[], ask: (some: string) => Promise<readonly Found[]>): Promise<Found[]> {
    const found: Found[] = [];
    for (let from = 0; from < names.length; from += together)
      found.push(...(await ask(names.slice(from, from + together).join(','))));
    return found;
  }
}

const sacct = [
  '--noheader',
  '--parsable2',
  '--noconvert',
  '--format=JobID,State,NodeList,Submit,Start,End,TotalCPU,MaxRSS',
  '--jobs',
];

/** A job is a line; its steps, as `123_4.batch`, follow, and know how much memory they had. */
function recordsIn(text: string): (readonly [string, SlurmRecord])[] {
  const memory = new Map<string, number>();
  const lines = linesIn(text);
  for (const [step = '', , , , , , , highest = ''] of lines) {
    const [name = ''] = step.split('.');
    memory.set(name, Math.max(memory.get(name) ?? 0, bytesOf(highest)));
  }
  return lines.flatMap(([name = '', says = '', node = '', submit, start, end, cpu = '']) => {
    const [state = '', ...said] = says.split(' ');
    if (name.includes('.') || goingOn.test(state)) return [];
    const peakMemory = memory.get(name) ?? 0;
    const [submitted, started, ended] = [submit, start, end].map(Number);
    const record: SlurmRecord = {
      ...{ state, said: said.join(' '), node: node === 'None assigned' ? '' : node },
      ...between('waited', submitted, started),
      ...between('seconds', started, ended),
      cpuSeconds: secondsOf(cpu),
      ...(peakMemory > 0 ? { peakMemory } : {}),
    };
    return [[name, record] as const];
  });
}

function between<Key extends string>(key: Key, from = NaN, to = NaN): Partial<Record<Key, number>> {
  const seconds = Math.max(0, to - from);
  return Number.isFinite(seconds) ? ({ [key]: seconds } as Record<Key, number>) : {};
}

function linesIn(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'));
}

/** `1-02:03:04`, `02:03:04`, `03:04.567` */
function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').toReversed();
  return clock.split(':').reduce((total, part) => total * 60 + Number(part), 0) + Number(days) * 86_400;
}

/** `9168K`, `0`, or nothing. */
function bytesOf(size: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([KMGT]?)/.exec(size) ?? [];
  return Number(number) * 1024 ** Math.max(0, ' KMGT'.indexOf(unit));
}
