import { expect, it } from 'vitest';
import { announcingStep } from '../../src/dispatcher/announcing-step.ts';
import { received } from '../../src/services/received.ts';
import { announced, noon } from '../ledger/records.ts';

it('tells of the budget of a step that announces, as of any other', () => {
  const recipe = { 1: { queue: 'data-collection', budget: 5 }, start: [[1, []]] };
  const environment = { ID: 'run', baton: { announcedAt: noon } };
  const body = Buffer.from(
    JSON.stringify({ environment, payload: {}, recipe, 'recipe-path': [], 'recipe-pointer': 1 }),
  );
  const headers = { 'workflows-recipe': 'True', 'baton-key': 'k' };
  const ids = { messageId: 'ID:1', ackId: 'a', destination: '/queue/data-collection', epoch: 1, redelivered: false };
  const message = received({ ...ids, headers, body, receivedAt: noon + 1_000 });
  const [record] = announcingStep(message, announced('other', { settled: noon + 2_000 }));
  expect(record).toMatchObject({ run: 'run', step: 1, budget: { seconds: 5, used: 2 } });
});
