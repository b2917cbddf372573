import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** SUBSCRIBE to queues by a pattern. */
export function exerciseWildcards({ connect, queue, on }: Exercise): void {
  describe('queue wildcards', () => {
    it('> stands for the name before it and all below, * for one part; queues may come later', async () => {
      await using sender = await connect();
      await using all = await connect();
      await using one = await connect();
      const [base, other] = [queue(), queue()];
      await all.subscribe(`${base}.>`);
      await one.subscribe(`${other}.*.end`);
      for (const name of ['', '.a', '.a.b', 'c']) await sender.put(base + name, `all${name}`);
      for (const name of ['.end', '.a.end', '.a.b.end', '.b']) await sender.put(other + name, `one${name}`);
      const found = await all.messages(3);
      const places = found.map(({ headers, body }) => [
        headers['destination'],
        headers['subscription'],
        body.toString(),
      ]);
      expect(places.sort()).toEqual(['', '.a', '.a.b'].map((name) => [base + name, `${base}.>`, `all${name}`]));
      expect(texts(await one.waiting())).toEqual(['one.a.end']);
      expect(texts(await all.waiting())).toEqual([]);
    });

    it('have one prefetch for all their queues, and acknowledge each message where it belongs', async () => {
      await using sender = await connect();
      const base = queue();
      {
        await using consumer = await connect();
        await consumer.subscribe(`${base}.>`, { 'activemq.prefetchSize': '2' });
        for (const name of ['.a', '.b', '.c']) await sender.put(base + name, name);
        const [first] = await consumer.messages(2);
        expect(texts(await consumer.waiting())).toEqual([]);
        if (first) await consumer.settle(first);
        await consumer.messages(1);
      }
      for (const name of ['.a', '.b', '.c']) await sender.subscribe(base + name);
      const left = await sender.messages(2);
      expect(left.map(({ headers }) => headers['redelivered'])).toEqual(['true', 'true']);
    });

    it('deliver what waited before, or not', async () => {
      await using peer = await connect();
      const base = queue();
      await peer.put(`${base}.a`, 'waiting');
      await peer.subscribe(`${base}.>`);
      await peer.put(`${base}.b`, 'new');
      expect(
        texts(await peer.waiting())
          .sort()
          .reverse(),
      ).toEqual(on(differences.waitingBeforeWildcard));
    });

    it('go with selectors', async () => {
      await using peer = await connect();
      const base = queue();
      await peer.subscribe(`${base}.>`, { selector: "color = 'red'" });
      for (const color of ['red', 'blue']) await peer.put(`${base}.a`, color, { color });
      await peer.put(`${base}.b`, 'red', { color: 'red' });
      expect(texts(await peer.waiting())).toEqual(['red', 'red']);
    });

    it('end with UNSUBSCRIBE', async () => {
      await using peer = await connect();
      const base = queue();
      await peer.subscribe(`${base}.>`);
      await peer.ask('UNSUBSCRIBE', { id: `${base}.>` });
      await peer.put(`${base}.a`, 'x');
      expect(texts(await peer.waiting())).toEqual([]);
    });
  });
}
