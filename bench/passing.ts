import { join } from 'node:path';
import { behindBroker } from '../src/services/sharing.ts';
import { Supervisor } from '../src/services/supervisor.ts';
import { connections, prefetchOf, type Load } from './load.ts';
import type { PassBegin } from './pass-part.ts';

const entry = new URL('./pass-part.ts', import.meta.url);

/** Processes with the pass-through services of a load, started and working; disposing of it ends them. */
export async function startPassing(
  address: string,
  folder: string,
  load: Pick<Load, 'queues' | 'services' | 'processes'>,
): Promise<Supervisor> {
  const { queues, services, processes } = load;
  const each = Math.max(1, Math.floor(connections / Math.max(1, queues)));
  const begin: PassBegin = {
    address,
    folder,
    services,
    queues,
    connections: each,
    concurrency: each * prefetchOf(load),
  };
  const parts = Array.from({ length: processes }, (_, index) => ({
    name: `pass-${index}`,
    begin: { ...begin },
    niceness: behindBroker,
  }));
  const supervisor = new Supervisor({ entry, parts, folder: join(folder, 'guard') });
  await supervisor.start();
  return supervisor;
}
