import { expect, it } from 'vitest';
import { newsMessage } from '../../src/services/cancellation-news.ts';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { Beats } from '../fixtures/beats.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

it('a process that is started again stays paused, also where no ledger answers', async () => {
  await using broker = await startEmbeddedBroker();
  await using folder = await temporaryFolder();
  const address = parseBrokerAddress(broker.address());
  const worker = defineService({
    name: 'worker',
    description: 'works',
    queue: 'work',
    parameters: { type: 'object' },
    process: () => done(),
  });
  const hostOf = (pid: number): Host =>
    new Host({ services: [worker], address, name: `mx-1.${String(pid)}`, version: '0', folder: folder.path });
  await using client = new Client({ address, name: 'test' });
  await client.start();
  const beats = await Beats.of(client);
  const text = 'paused by jane: no licence';
  {
    await using first = hostOf(7);
    await first.start();
    const pause = { service: '*', host: 'mx-1', since: 17, who: 'jane', reason: 'no licence' };
    await client.send(newsMessage({ kind: 'list', runs: [], pauses: [pause] }, client));
    await beats.said('mx-1.7', text);
  }
  await using second = hostOf(8);
  await second.start();
  await beats.said('mx-1.8', text);
  await client.send(newsMessage({ kind: 'list', runs: [], pauses: [] }, client));
  await beats.next(({ host, statustext, paused }) => host === 'mx-1.8' && statustext === 'idle' && !paused);
  expect(second).toBeDefined();
});
