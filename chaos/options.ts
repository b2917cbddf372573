import { parseArgs } from 'node:util';
import { didYouMean } from '../src/core/nearest.ts';
import { harms, type HarmKind } from './harms.ts';
import type { ProgramChaosOptions } from './programs/run.ts';
import type { ChaosOptions } from './run.ts';

/** What the command line asks for. */
export interface Asked extends Omit<ChaosOptions, 'folder' | 'progress' | 'atRest'> {
  readonly json: boolean;
  /** It is programs that are run, there. */
  readonly programs: ProgramChaosOptions['programs'] | undefined;
  readonly fsync: ProgramChaosOptions['fsync'];
}

const kinds: readonly (HarmKind | 'crashes')[] = [...(Object.keys(harms) as HarmKind[]), 'crashes'];

/** Reads the command line; throws a sentence when it is wrong. */
export function readOptions(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      broker: { type: 'string', default: 'embedded' },
      messages: { type: 'string', default: '1000' },
      kills: { type: 'string', default: '20' },
      harms: { type: 'string' },
      programs: { type: 'string' },
      fsync: { type: 'string', default: 'always' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      json: { type: 'boolean', default: false },
    },
  });
  const { broker, json, programs, fsync } = values;
  if (broker !== 'embedded' && broker !== 'activemq') throw new Error('--broker is embedded or activemq.');
  if (programs !== undefined && programs !== 'local' && programs !== 'bullmq' && programs !== 'slurm')
    throw new Error('--programs is local, bullmq or slurm.');
  if (fsync !== 'always' && fsync !== 'everysec') throw new Error('--fsync is always or everysec.');
  if (programs !== undefined && values.harms !== undefined)
    throw new Error('With --programs all is killed; --harms is for a run without.');
  const count = (name: 'messages' | 'kills' | 'seed'): number => {
    const number = Number(values[name]);
    if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number.`);
    return number;
  };
  return {
    broker,
    json,
    programs,
    fsync,
    harms: programs === undefined ? harmsIn(values.harms ?? 'all') : [],
    messages: count('messages'),
    kills: count('kills'),
    seed: count('seed'),
  };
}

function harmsIn(text: string): Asked['harms'] {
  if (text === 'all') return kinds;
  const wanted = text === 'none' ? [] : text.split(',');
  return wanted.map((name) => {
    const kind = kinds.find((one) => one === name);
    if (kind === undefined)
      throw new Error(`--harms is all, none, or some of ${kinds.join(', ')}: not "${name}"${didYouMean(name, kinds)}.`);
    return kind;
  });
}
