import { once } from 'node:events';
import type { Job } from '../../src/compute/backend.ts';
import { BullMqBackend } from '../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../src/compute/local.ts';

/** A process that waits for a job, and runs it, until it is told to stop both. It says when the job runs, and when it has stopped. */
const [url = '', folder = ''] = process.argv.slice(2);
const local = new LocalBackend({ folder, capacity: { cores: 2, memory: 4 * 1024 ** 3 } });
const worker = new BullMqWorker({ url, prefix: 'test', backend: local, permits: () => undefined });
const backend = new BullMqBackend({ url, prefix: 'test' });
await Promise.all([worker.start(), backend.start()]);
const job: Job = {
  key: 'job',
  origin: { run: 'run', step: 1, program: 'work', priority: 6 },
  message: '',
  input: '',
  command: ['/bin/sleep', '600'],
  environment: {},
  resources: { cores: 1, memory: 0, gpus: 0 },
  limits: { seconds: 600, outputBytes: 1e6 },
};
const running = backend.run(job, new AbortController().signal, { started: () => process.stdout.write('runs\n') });
const ended = running.then(
  () => 'ended',
  ({ message }: Error) => message,
);
await once(process.stdin, 'data');
await Promise.all([backend.stop(), worker.stop(true)]);
process.stdout.write(`stopped: ${await ended}\n`);
process.exit();
