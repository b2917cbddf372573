import { runOnNode } from './node-job.ts';

// As the batch script of `handover.ts` starts it.
// eslint-disable-next-line no-restricted-properties
const [folder = '', scratch = '', batch = '', index = '', slurm = '', life = ''] = process.argv.slice(2);
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort(new Error('Slurm ends the job.')));
await runOnNode({ folder, scratch, batch, index: Number(index), slurm, life: Number(life) }, ending.signal);
