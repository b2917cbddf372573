import { expect, it } from 'vitest';
import { brokerFindings } from '../../src/cli/broker-findings.ts';
import { tryBroker } from '../../src/cli/broker-trial.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { read } from '../documents/documents.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startBaton } from '../fixtures/baton.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

const [, plugins = ''] = /<plugins [^>]*>(.*)<\/plugins>/s.exec(read('deploy/activemq/users.xml')) ?? [];

requireOrSkip('ActiveMQ', activemqAvailable())('deploy/activemq/users.xml', () => {
  it(
    'lets Baton do all it has to, and acquisition announce and read its answer, and no more',
    { timeout: 120_000 },
    async () => {
      await using broker = await startActiveMQ({ plugins });
      const addressOf = (user: string): string => broker.address().replace('//', `//${user}:CHANGE-ME@`);
      await using baton = await startBaton(addressOf('baton'), { config: { processes: { light: ['record-result'] } } });
      await using client = new Client({ address: parseBrokerAddress(addressOf('acquisition')), name: 'acquisition' });
      await client.start();

      const answered = Promise.withResolvers<string>();
      await client.subscribe({ destination: '/queue/answers.i24', ack: 'auto' }, ({ body }) => {
        const { status } = JSON.parse(body.toString()) as { status: string };
        if (status !== 'accepted') answered.resolve(status);
      });
      await client.send({
        destination: '/queue/data-collection',
        headers: { 'reply-to': '/queue/answers.i24' },
        body: '{"parameters":{"event":"end"}}',
      });
      expect(await answered.promise).toBe('finished');

      for (const forbidden of ['/queue/baton.ledger', '/queue/filewatcher', '/topic/command', '/topic/baton.suspects'])
        await expect(client.send({ destination: forbidden, body: '{}' })).rejects.toThrow('not authorized');

      await using own = new Client({ address: parseBrokerAddress(addressOf('baton')), name: 'doctor' });
      await own.start();
      expect(brokerFindings(await tryBroker(own)).map(({ state }) => state)).toEqual(['pass']);
      expect((await baton.baton('runs')).stdout).toContain('finished');
    },
  );
});
