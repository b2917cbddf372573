/**
 * `node bench/compare.ts OTHER PAIRS [options of the bench]`: this checkout beside another one, in the folder OTHER. Each
 * pair is a run of both, one right after the other, in turn the one and the other first; so that what slows the machine
 * for a while slows both. Prints each figure's median here and there, and the ratios here / there of the pairs.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { isObject, type Json } from '../src/core/json.ts';
import { percentile } from './percentiles.ts';

const [other = '', pairs = '', ...options] = process.argv.slice(2);
if (other === '' || !/^[1-9]\d*$/.test(pairs)) throw new Error('Expected: node bench/compare.ts OTHER PAIRS [options]');

type Figures = ReadonlyMap<string, number>;

const here: Figures[] = [];
const there: Figures[] = [];
const sides = [
  { checkout: resolve(import.meta.dirname, '..'), runs: here },
  { checkout: resolve(other), runs: there },
];
for (let pair = 0; pair < Number(pairs); pair += 1)
  for (const { checkout, runs } of pair % 2 === 0 ? sides : sides.toReversed()) runs.push(measure(checkout));
for (const name of here[0]?.keys() ?? []) console.log(line(name));

function measure(checkout: string): Figures {
  const args = [join(checkout, 'bench/main.ts'), '--json', ...options];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: checkout, stdio: [...stdio], encoding: 'utf8' });
  if (status !== 0) throw new Error(`The bench of ${checkout} ended with ${String(status)}.`);
  return new Map(figuresIn(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Json, ''));
}

/** All numbers, by their path. */
function figuresIn(value: Json | undefined, path: string): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => figuresIn(inner, path === '' ? key : `${path}.${key}`));
}

function line(name: string): string {
  const [ours, theirs] = [here, there].map((runs) => runs.map((figures) => figures.get(name) ?? NaN)) as [
    number[],
    number[],
  ];
  const ratios = ours.map((figure, pair) => figure / (theirs[pair] ?? NaN));
  const [low, middle, high] = [0, 0.5, 1].map((part) => percentile(ratios, part).toFixed(2));
  const figures = `${String(percentile(ours, 0.5))} here, ${String(percentile(theirs, 0.5))} there`;
  return `${name.padEnd(60)} ${figures}; here / there ${middle ?? ''} (${low ?? ''} to ${high ?? ''})`;
}
