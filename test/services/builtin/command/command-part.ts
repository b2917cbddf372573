import { join } from 'node:path';
import type { Backend } from '../../../../src/compute/backend.ts';
import { BullMqBackend } from '../../../../src/compute/bullmq/backend.ts';
import { LocalBackend } from '../../../../src/compute/local.ts';
import { attend } from '../../../../src/services/attend.ts';
import { commandService } from '../../../../src/services/builtin/command/command.ts';
import type { Programs } from '../../../../src/services/builtin/command/program.ts';
import { Host } from '../../../../src/services/host.ts';
import { parseBrokerAddress } from '../../../../src/stomp/address.ts';

interface Begin {
  readonly address: string;
  readonly folder: string;
  readonly programs: Programs;
  /** Programs go there; absent: they run here. */
  readonly redis?: string;
}

/** A process of the service `command` for tests that kill it. */
attend(process, async (begin, { suspects, notes, shutdown }) => {
  const { address, folder, programs, redis } = begin as unknown as Begin;
  const backends = (): Backend[] => [
    redis === undefined
      ? new LocalBackend({ folder: join(folder, 'jobs') })
      : new BullMqBackend({ url: redis, prefix: 'test' }),
  ];
  const host = new Host({
    services: [commandService({ programs, concurrency: 2, backends })],
    address: parseBrokerAddress(address),
    name: `test.${process.pid}`,
    version: '0',
    folder,
    suspects,
    notes,
  });
  host.events.on('shutdown', shutdown);
  await host.start();
  return { details: {}, stop: async () => host.stop() };
});
