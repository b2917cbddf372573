import type { Resources } from './backend.ts';

/** In words: `4 cores and 8 GB`, `1 core, 16 GB and 2 gpus`. */
export function amount({ cores, memory, gpus }: Resources): string {
  const parts = [
    `${rounded(cores)} ${cores === 1 ? 'core' : 'cores'}`,
    ...(memory > 0 ? [`${rounded(memory / 1024 ** 3)} GB`] : []),
    ...(gpus > 0 ? [`${rounded(gpus)} ${gpus === 1 ? 'gpu' : 'gpus'}`] : []),
  ];
  return [parts.slice(0, -1).join(', '), parts.at(-1)].filter((part) => part !== '').join(' and ');
}

function rounded(number: number): string {
  return String(Number(number.toFixed(1)));
}
