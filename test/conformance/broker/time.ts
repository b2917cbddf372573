import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** Delay and expiry. */
export function exerciseTime({ connect, queue, on }: Exercise): void {
  describe('time', () => {
    it('delivers a delayed message after others that were sent later', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.put(destination, 'delayed', { AMQ_SCHEDULED_DELAY: '300', mine: 'kept' });
      await peer.put(destination, 'at once');
      const [first, second] = await peer.messages(2);
      expect(texts([first, second].filter((one) => one !== undefined))).toEqual(['at once', 'delayed']);
      expect(second?.headers).toMatchObject({ mine: 'kept', destination });
      expect(second?.headers).not.toHaveProperty('AMQ_SCHEDULED_DELAY');
    });

    it('delays from the COMMIT what was sent in a transaction', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.ask('BEGIN', { transaction: 't' });
      await peer.put(destination, 'delayed', { AMQ_SCHEDULED_DELAY: '200', transaction: 't' });
      await peer.put(destination, 'at once', { transaction: 't' });
      await peer.ask('COMMIT', { transaction: 't' });
      expect(texts(await peer.messages(2))).toEqual(['at once', 'delayed']);
    });

    it('delays again, or not, what was delayed and is sent on with all its headers', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.put(destination, 'delayed', { AMQ_SCHEDULED_DELAY: '1' });
      const { headers } = await peer.message();
      const { scheduledJobId } = headers;
      const kept = scheduledJobId === undefined ? {} : { scheduledJobId };
      await peer.put(destination, 'again', { ...kept, AMQ_SCHEDULED_DELAY: '1500' });
      await peer.put(destination, 'at once');
      expect(texts(await peer.messages(2))).toEqual(on(differences.delayedAgain));
    });

    it('moves an expired message to the dead-letter queue, where it does not expire', async () => {
      await using peer = await connect();
      const destination = queue();
      const dead = destination.replace('/queue/', '/queue/DLQ.');
      await peer.subscribe(dead, { ack: 'auto' });
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.put(destination, 'late', { expires: '1000', mine: 'kept' });
      const { headers, body } = await peer.message();
      expect(headers).toMatchObject({
        subscription: dead,
        mine: 'kept',
        expires: '0',
        'original-destination': destination,
      });
      expect(headers['dlqDeliveryFailureCause']).toContain('1000');
      expect(body.toString()).toBe('late');
    });

    it('delivers in time what has not expired', async () => {
      await using peer = await connect();
      const destination = queue();
      const expires = String(Date.now() + 3_600_000);
      await peer.put(destination, 'x', { expires });
      await peer.subscribe(destination);
      expect((await peer.message()).headers['expires']).toBe(expires);
    });

    it('tells late subscribers of a topic nothing that has expired', async () => {
      await using peer = await connect();
      await peer.subscribe('/topic/expiring', { ack: 'auto' });
      await peer.ask('SEND', { destination: '/topic/expiring', expires: '1000' }, 'late');
      expect(await peer.waiting()).toEqual([]);
    });
  });
}
