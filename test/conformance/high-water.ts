import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../src/core/json.ts';
import { done, send } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import type { Delivery } from '../../src/stomp/client.ts';
import { payloadOf, Site } from '../fixtures/site.ts';

/** A service that is held back; each test under an address of its own. */
export function exerciseHighWater(address: () => string): void {
  describe('a service with a high water', () => {
    it('takes no more while too much waits where it sends to, says so, and goes on where it stood', async () => {
      const ran: number[][] = [];
      const limited = defineService({
        name: 'limited',
        description: 'passes on',
        queue: 'work',
        parameters: { type: 'object' },
        highWater: 5,
        process: ({ payload, attempt, deferral }) => {
          ran.push([attempt, deferral]);
          return done(send(payload));
        },
      });
      await using here = await Site.start(address(), [limited]);
      const { client } = here;
      const told = new Texts();
      await client.subscribe({ destination: client.topic('transient.status'), ack: 'auto' }, told.hear);
      const all = Array.from({ length: 20 }, (_, n) => n);
      await here.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: all.map((n) => [1, n]) });
      await told.said(/^"held back: \d+ messages wait in .*out"$/);
      // One more is under way when the measure is full, and one that it had begun.
      expect(ran.length).toBeLessThanOrEqual(8);
      const came: Json[] = [];
      await client.subscribe({ destination: client.queue('out'), ack: 'auto' }, (delivery) => {
        came.push(payloadOf(delivery));
      });
      await here.settled(1, 'done', 20);
      await expect.poll(() => came).toEqual(all);
      expect(ran).toEqual(all.map(() => [1, 0]));
      await told.said(/^"(?:idle|processing)"$/);
    });

    it('that is held back settles what was cancelled meanwhile at once, and works on nothing of it', async () => {
      const ran: Json[] = [];
      const limited = defineService({
        name: 'limited',
        description: 'passes on',
        queue: 'work',
        parameters: { type: 'object' },
        highWater: 5,
        process: ({ payload }) => {
          ran.push(payload);
          return done(send(payload));
        },
      });
      await using here = await Site.start(address(), [limited]);
      const { client } = here;
      const told = new Texts();
      await client.subscribe({ destination: client.topic('transient.status'), ack: 'auto' }, told.hear);
      const recipe = { 1: { queue: 'work', output: 2 }, 2: { queue: 'out' } };
      const first = await here.run({ ...recipe, start: Array.from({ length: 10 }, () => [1, 'first']) });
      await told.said(/^"held back: /);
      const second = await here.run({ ...recipe, start: Array.from({ length: 10 }, () => [1, 'second']) });
      await here.cancel(second);
      // Of which some are prefetched: nobody reads what comes of them, so that they would wait for ever.
      await here.cancel(first);
      await here.settled(1, 'cancelled', 12);
      expect(ran).not.toContain('second');
      expect(ran.length).toBeLessThanOrEqual(8);
    });
  });
}

/** The status texts heard on a topic. */
class Texts {
  #texts: string[] = [];
  #heard = Promise.withResolvers<void>();

  readonly hear = ({ body }: Delivery): void => {
    const heartbeat = JSON.parse(body.toString()) as Json;
    if (isObject(heartbeat)) this.#texts.push(JSON.stringify(heartbeat['statustext']));
    this.#heard.resolve();
    this.#heard = Promise.withResolvers<void>();
  };

  /** The next that matches; what came before it is forgotten. */
  async said(wanted: RegExp): Promise<void> {
    let found: number;
    while ((found = this.#texts.findIndex((text) => wanted.test(text))) < 0) await this.#heard.promise;
    this.#texts = this.#texts.slice(found + 1);
  }
}
