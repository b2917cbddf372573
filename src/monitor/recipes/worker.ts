import { parentPort, workerData } from 'node:worker_threads';
import { Linter } from '../../recipes/lint/linter.ts';
import type { SiteFacts } from '../../recipes/lint/site.ts';
import { look, type LookRequest } from './look.ts';

/** The thread that looks at texts, one after the other. It is ended when one takes too long, whatever it is in. */
const linter = new Linter(workerData as SiteFacts);
parentPort?.postMessage('ready');
parentPort?.on('message', (request: LookRequest) => parentPort?.postMessage(look(request, linter)));
