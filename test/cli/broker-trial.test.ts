import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startActiveMQ as startConfigured } from '../../scripts/activemq-broker.ts';
import { brokerFindings } from '../../src/cli/broker-findings.ts';
import { tryBroker } from '../../src/cli/broker-trial.ts';
import { askQueues } from '../../src/services/ask-queues.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** As ActiveMQ is configured where nobody thought of Baton. */
const bareConfiguration = `<beans xmlns="http://www.springframework.org/schema/beans"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans-2.0.xsd
                        http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <bean class="org.springframework.beans.factory.config.PropertyPlaceholderConfigurer"/>
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="bare" dataDirectory="\${activemq.data}">
    <managementContext><managementContext createConnector="false"/></managementContext>
    <plugins><statisticsBrokerPlugin/></plugins>
    <transportConnectors>
      <transportConnector name="stomp" uri="stomp://127.0.0.1:0?wireFormat.maxFrameSize=1000000"/>
    </transportConnectors>
  </broker>
</beans>`;

async function examined(address: string): Promise<readonly string[]> {
  await using client = new Client({ address: parseBrokerAddress(address), name: 'test' });
  await client.start();
  const findings = brokerFindings(await tryBroker(client));
  const left = await askQueues(client, ['>']);
  expect(left.filter(({ size }) => size > 0)).toEqual([]);
  return findings.map(({ state, message }) => `${state}: ${message}`);
}

const right =
  'pass: It orders by priority, keeps dead letters apart, delays, and tells of its queues; its clock is right.';

describe('a trial of a broker', () => {
  it('finds nothing amiss with the embedded broker, and leaves nothing behind', async () => {
    await using broker = await startEmbeddedBroker();
    expect(await examined(broker.address('site'))).toEqual([right]);
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('a trial of ActiveMQ', () => {
  it(
    'finds nothing amiss with the configuration that ships, and leaves nothing behind',
    { timeout: 60_000 },
    async () => {
      await using broker = await startActiveMQ();
      expect(await examined(broker.address('site'))).toEqual([right]);
    },
  );

  it('names all that a bare configuration lacks, and leaves nothing behind', { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const configuration = join(folder.path, 'bare.xml');
    await writeFile(configuration, bareConfiguration);
    await using broker = await startConfigured({ folder: folder.path, port: 0, configuration, heap: '256m' });
    expect(await examined(broker.address)).toEqual([
      'warning: It ignores the priority of messages: live work waits behind reprocessing.',
      'warning: A message that it gives up does not come to the dead-letter queue DLQ.<queue>.',
      'warning: It does not delay messages that ask for it with AMQ_SCHEDULED_DELAY, as Python services do.',
      'warning: Its STOMP connector lacks transport.tcpNoDelay=true and transport.socketBufferSize=: it is slow, or freezes, under load.',
      'warning: Its STOMP connector takes frames of 1000000 bytes at most, and closes on larger ones.',
    ]);
  });
});

describe('the findings about a broker', () => {
  const fine = { prioritises: true, keepsDeadLettersApart: true, delays: true, clockAhead: 0, statistics: new Map() };
  const messages = (trial: Partial<typeof fine> | { readonly statistics: undefined }): readonly string[] =>
    brokerFindings({ ...fine, ...trial }).map(({ message }) => message);

  it('tell of clocks that differ, and which way', () => {
    expect(messages({ clockAhead: 4_200 })).toEqual(['Its clock is 4.2 s ahead of that of this host.']);
    expect(messages({ clockAhead: -61_000 })).toEqual(['Its clock is 61.0 s behind that of this host.']);
  });

  it('tell of a broker that takes no message', () => {
    expect(brokerFindings(undefined)).toMatchObject([{ state: 'error', message: 'It confirms no message.' }]);
  });

  it('tell of limits that are nearly reached', () => {
    expect(messages({ statistics: new Map([['storePercentUsage', 91]]) })).toEqual([
      '91 % of its storeUsage are used; at 100 % it holds up whoever sends.',
    ]);
  });

  it('tell when it does not answer questions about its queues', () => {
    expect(messages({ statistics: undefined })).toEqual([
      'It does not tell of its queues: the status page has no numbers, and silent runs do not end.',
    ]);
  });
});
