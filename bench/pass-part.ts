import { attend } from '../src/services/attend.ts';
import { Host } from '../src/services/host.ts';
import { done, send } from '../src/services/outcome.ts';
import { defineService } from '../src/services/service.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { queueOf } from './load.ts';

/** What a process of pass-through services is told. */
export interface PassBegin {
  readonly address: string;
  readonly folder: string;
  readonly services: number;
  /** How many of them, from the first, have something to do: they have `connections`, the others one. */
  readonly queues: number;
  readonly connections: number;
  readonly concurrency: number;
}

/** A process with services that only pass on what they get: all that it costs is Baton's own work. */
attend(process, async (begin, tools) => {
  const { address, folder, services, queues, connections, concurrency } = begin as unknown as PassBegin;
  const passing = Array.from({ length: services }, (_, index) =>
    defineService({
      name: `pass-${index}`,
      description: 'Passes on',
      queue: queueOf(index),
      parameters: { type: 'object' },
      concurrency,
      connections: index < queues ? connections : 1,
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
