import { expect, it } from 'vitest';
import { silent } from '../../src/core/log.ts';
import { joinAnswer, JoinClaims } from '../../src/services/join-claims.ts';
import type { JoinRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

const asked = (id: string): JoinRecord => ({ kind: 'join', id, run: 'run', state: 'asked' }) as unknown as JoinRecord;

it('a question about a join whose answer is lost is let go, and one that is answered is not', async () => {
  await using broker = await startEmbeddedBroker();
  await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'joins' });
  await client.start();
  const claims = new JoinClaims(client, silent, 300);
  await claims.start();
  // There is no ledger: only this test answers.
  const lost = claims.known(asked('lost'));
  const told = claims.known(asked('told'));
  await client.send(joinAnswer({ join: 'told', members: ['a'] }, client));
  expect(await told).toEqual(['a']);
  expect(await lost).toBeNull();
  const stopped = claims.known(asked('stopped'));
  claims.stop();
  expect(await stopped).toBeNull();
});
