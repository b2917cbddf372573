import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { Office } from '../conformance/dispatcher.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

/** The example of the specification. */
const example = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function environmentOf(body: JsonObject, headers: Record<string, string> = {}): Promise<JsonObject> {
  await using broker = await startEmbeddedBroker();
  await using office = await Office.open(broker.address());
  const { client } = office.site;
  await client.send({ destination: client.queue('processing_recipe'), headers, body: JSON.stringify(body) });
  const message = await office.site.next(client.queue('work'));
  const { environment } = JSON.parse(message.body.toString()) as { environment: JsonObject };
  const { traceparent } = await office.recorded('accepted');
  expect(environment['traceparent']).toBe(traceparent);
  return environment;
}

const announcement = (parameters: Record<string, Json> = {}): JsonObject => ({
  recipes: ['centre'],
  parameters: { guid: 'one', colour: 'blue', frames: 1, ...parameters },
});

describe('a run that starts', () => {
  it('has a trace of its own where the announcer names none', async () => {
    expect((await environmentOf(announcement()))['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is a span in the trace that the announcer names in its headers', async () => {
    const environment = await environmentOf(announcement(), { traceparent: example, tracestate: 'gda=i03' });
    expect(environment['traceparent']).toMatch(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
    );
    expect(environment['tracestate']).toBe('gda=i03');
  });

  it('is one where it stands in the parameters, too, and starts anew what is against the rules', async () => {
    const given = await environmentOf(announcement({ traceparent: example }));
    expect(given['traceparent']).toContain('-0af7651916cd43dd8448eb211c80319c-');
    const wrong = await environmentOf(announcement({ traceparent: [example] as Json, tracestate: 'gda=i03' }));
    expect(wrong).not.toHaveProperty('tracestate');
    expect(wrong['traceparent']).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('goes on with the trace of the step that announced it', async () => {
    const environment = { ID: 'parent', traceparent: example };
    const step = { queue: 'processing_recipe' };
    const wrapped = { environment, payload: announcement(), recipe: { 1: step, start: [[1, []]] } };
    const message = { ...wrapped, 'recipe-path': [], 'recipe-pointer': 1 } as unknown as JsonObject;
    const found = await environmentOf(message, { 'workflows-recipe': 'True' });
    expect(found['traceparent']).toContain('-0af7651916cd43dd8448eb211c80319c-');
  });
});
