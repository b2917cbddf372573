import { LocalBackend } from '../../src/compute/local.ts';

/** A process with a backend of its own, which runs one shell script in a folder until somebody kills it. */
const [folder = '', directory = '', script = ''] = process.argv.slice(2);
const backend = new LocalBackend({ folder });
await backend.start();
await backend.run(
  {
    key: 'job',
    origin: { run: 'run', step: 1, program: 'work', priority: 6 },
    command: ['/bin/sh', '-c', script],
    environment: { PATH: '/usr/bin:/bin' },
    message: '',
    input: '',
    directory,
    resources: { cores: 1, memory: 0, gpus: 0 },
    limits: { seconds: 600, outputBytes: 1e6 },
  },
  new AbortController().signal,
);
