import { attend } from '../src/services/attend.ts';
import { Host } from '../src/services/host.ts';
import { done, send } from '../src/services/outcome.ts';
import { defineService } from '../src/services/service.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';

/** What a process of pass-through services is told. */
export interface PassBegin {
  readonly address: string;
  readonly folder: string;
  readonly services: number;
  readonly connections: number;
  readonly concurrency: number;
}

/** A process with services that only pass on what they get: all that it costs is Baton's own work. */
attend(process, async (begin, tools) => {
  const { address, folder, services, connections, concurrency } = begin as unknown as PassBegin;
  const passing = Array.from({ length: services }, (_, index) =>
    defineService({
      name: `pass-${index}`,
      description: 'Passes on',
      queue: `bench.in.${index}`,
      parameters: { type: 'object' },
      concurrency,
      connections,
      process: ({ payload }) => done(send(payload)),
    }),
  );
  const host = new Host({
    services: passing,
    address: parseBrokerAddress(address),
    name: `bench.${process.pid}`,
    version: '0',
    folder,
    ...tools,
  });
  await host.start();
  return { details: { pid: process.pid }, stop: async () => host.stop() };
});
