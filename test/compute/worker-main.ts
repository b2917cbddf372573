import { BullMqWorker } from '../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../src/compute/local.ts';

/** A process with a worker, until somebody kills it. It says when it is ready. */
const [url = '', prefix = '', folder = ''] = process.argv.slice(2);
const backend = new LocalBackend({ folder, capacity: { cores: 2, memory: 4 * 1024 ** 3 } });
const worker = new BullMqWorker({ url, prefix, backend, permits: () => undefined });
await worker.start();
process.stdout.write('ready\n');
