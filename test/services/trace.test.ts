import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logServices } from '../../src/cli/log-services.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { startMessages } from '../../src/recipes/route.ts';
import { done, failed } from '../../src/services/outcome.ts';
import { stepMessages } from '../../src/services/sending.ts';
import { defineService } from '../../src/services/service.ts';
import { traceFields, traceOf } from '../../src/services/trace.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { Site } from '../fixtures/site.ts';

/** The example of the specification. */
const exampleTrace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const rest = exampleTrace.slice(3);
const traceId = '0af7651916cd43dd8448eb211c80319c';

describe('a traceparent', () => {
  it.each([
    ['of version 00', exampleTrace, '01'],
    ['of a version to come, with more behind', `01-${rest}-more`, '01'],
    ['with flags that nobody knows', exampleTrace.replace(/01$/, 'ff'), '03'],
    ['that is not sampled', exampleTrace.replace(/01$/, '00'), '00'],
  ])('%s is gone on with', (_what, traceparent, flags) => {
    const trace = traceOf('run', 'key', { traceparent, tracestate: 'a=1' });
    expect(trace.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${flags}$`));
    expect(trace.tracestate).toBe('a=1');
  });

  it.each([
    ['of the forbidden version', `ff-${rest}`],
    ['of version 00 with more behind', `${exampleTrace}-more`],
    ['with capitals', exampleTrace.toUpperCase()],
    ['of no trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['of no parent', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['that is short', exampleTrace.slice(0, -1)],
    ['with blanks around', ` ${exampleTrace} `],
    ['without end', `01-${rest}-${'x'.repeat(1_000)}`],
    ['that is no text', 7],
  ])('%s begins a new trace, and what was added to it is dropped', (_what, traceparent) => {
    const trace = traceOf('run', 'key', { traceparent, tracestate: 'a=1' });
    expect(trace.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    expect(trace.traceparent).not.toContain(traceId);
    expect(trace).not.toHaveProperty('tracestate');
  });

  it('is always one that keeps to the rules, whatever came, and the same for the same message', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), fc.anything(), (run, traceparent, tracestate) => {
        const trace = traceOf(run, 'key', { traceparent, tracestate });
        expect(traceFields(trace.traceparent, 'x').trace_id).toHaveLength(32);
        expect(traceOf(run, 'key', { traceparent, tracestate })).toEqual(trace);
      }),
    );
  });
});

describe('the log of a service', () => {
  it('names trace and span of a delivery, the same in the lines of its handler and of its outcome', async () => {
    const lines: JsonObject[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as JsonObject) });
    const service = defineService({
      name: 'talking',
      description: 'says something, and fails the second time',
      queue: 'work',
      parameters: { type: 'object' },
      retry: { attempts: 1, delay: 1, factor: 1, maxDelay: 1 },
      process: ({ payload }, tools) => {
        tools.log.info('said');
        return payload === 1 ? done() : failed('no');
      },
    });
    await using broker = await startEmbeddedBroker();
    await using site = await Site.start(broker.address(), [service], { log });
    logServices(site.host.events, log);
    const recipe = {
      1: { queue: 'work' },
      start: [
        [1, 1],
        [1, 2],
      ],
    } as never;
    const next = startMessages(recipe, { ID: 'run', traceparent: exampleTrace }, 'run');
    const send = stepMessages(next, { destinations: site.client, now: Date.now() });
    await site.client.transact({ ack: [], send });
    await site.settled(1, 'done');
    await site.settled(1, 'dead');
    const traced = lines.filter((line) => line['trace_id'] === traceId && line['trace_flags'] === '01');
    const spans = Map.groupBy(traced, (line) => JSON.stringify(line['span_id']));
    expect([...spans.values()].map((span) => span.map(({ msg }) => msg)).toSorted()).toEqual([
      ['said', 'dead: no'],
      ['said', 'done'],
    ]);
    for (const span of spans.keys()) expect(span).toMatch(/^"[0-9a-f]{16}"$/);
  });
});
