import { describe, expect, it } from 'vitest';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** What ActiveMQ tells of consumers that come and go. */
export function exerciseAdvisories({ connect, queue, on }: Exercise): void {
  describe('advisories', () => {
    it('of consumers are published, or not', async () => {
      await using watcher = await connect();
      await using peer = await connect();
      const destination = queue();
      const name = destination.slice('/queue/'.length);
      await watcher.subscribe(`/topic/ActiveMQ.Advisory.Consumer.Queue.${name}`, {
        ack: 'auto',
        transformation: 'jms-advisory-json',
      });
      await peer.subscribe(destination);
      const told = await watcher.waiting();
      expect(told.length > 0).toBe(on(differences.advisories));
    });
  });
}
