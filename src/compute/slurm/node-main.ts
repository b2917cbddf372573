import { runOnNode } from './node-job.ts';

// As the batch script of `handover.ts` starts it.
// eslint-disable-next-line no-restricted-properties
const [folder = '', scratch = '', batch = '', index = '', array = '', number = '', life = ''] = process.argv.slice(2);
const name = array === '' ? number : `${array}_${index}`;
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort(new Error('Slurm ends the job.')));
// Slurm gives out its gpus itself.
// eslint-disable-next-line no-restricted-properties
const devices = process.env['CUDA_VISIBLE_DEVICES']?.split(',');
const place = { folder, scratch, batch, index: Number(index), name, life: Number(life) };
await runOnNode({ ...place, ...(devices ? { devices } : {}) }, ending.signal);
// Slurm is to see that it did what it was told.
if (ending.signal.aborted) process.kill(process.pid, 'SIGTERM');
