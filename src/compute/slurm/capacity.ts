import type { Job, Resources } from '../backend.ts';
import { beyond, fits } from '../fits.ts';
import { placeOf, supervision } from './place.ts';
import type { SlurmSettings } from './settings.ts';
import type { SlurmTools } from './tools.ts';

/** Milliseconds for which it is believed what nodes there are. */
const believed = 60_000;

interface Node extends Resources {
  readonly partition: string;
  readonly isDefault: boolean;
}

/** What the nodes of the cluster have: Slurm itself lets a job wait for ever that no node can run. */
export class Capacity {
  readonly #tools: SlurmTools;
  readonly #settings: SlurmSettings;
  #known: { readonly until: number; readonly nodes: Promise<readonly Node[]> } | undefined;

  constructor(tools: SlurmTools, settings: SlurmSettings) {
    this.#tools = tools;
    this.#settings = settings;
  }

  /** Throws `compute.too-large` for what no node of its partition has. What is not known is left to Slurm. */
  async check(job: Job): Promise<void> {
    const { partition } = placeOf(job, this.#settings);
    const { memory } = job.resources;
    const wanted = { ...job.resources, memory: memory === 0 ? 0 : memory + supervision };
    const nodes = (await this.#nodes()).filter((node) =>
      partition === undefined ? node.isDefault : partition.split(',').includes(node.partition),
    );
    if (nodes.length === 0 || nodes.some((node) => fits(wanted, node))) return;
    const largest = nodes.reduce((best, node) => (node.cores > best.cores ? node : best));
    throw beyond(wanted, largest, 'slurm');
  }

  async #nodes(): Promise<readonly Node[]> {
    if (!this.#known || performance.now() > this.#known.until) {
      const nodes = this.#tools.run('sinfo', ['--noheader', '--Node', '--format=%P|%c|%m|%G']).then(nodesIn, () => []);
      this.#known = { until: performance.now() + believed, nodes };
    }
    return await this.#known.nodes;
  }
}

/** `live*|64|512000|gpu:a100:4(S:0-1)`: the star is that of the partition for those that name none; memory is in MB. */
function nodesIn(text: string): readonly Node[] {
  return [...new Set(text.split('\n'))]
    .filter((line) => line !== '')
    .map((line) => {
      const [partition = '', cores = '', memory = '', gres = ''] = line.split('|');
      return {
        partition: partition.replace('*', ''),
        isDefault: partition.endsWith('*'),
        cores: Number(cores),
        memory: Number(memory) * 1024 ** 2,
        gpus: gpusIn(gres),
      };
    });
}

function gpusIn(gres: string): number {
  return [...gres.matchAll(/\bgpu:(?:[^:,(]+:)?(\d+)/g)].reduce((total, [, count]) => total + Number(count), 0);
}
