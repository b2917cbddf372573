import { describe, expect, it } from 'vitest';
import { unmet, type Expectation } from '../../src/cli/expectation.ts';
import type { RunDetail } from '../../src/ledger/views.ts';

const sent = (step: number, channel: string, payload: object): object => ({
  step,
  channel,
  key: 'k',
  bytes: 1,
  payload,
});

const run = {
  state: 'finished',
  deliveries: [{ outputs: [sent(2, 'every', { n: 1, more: { a: 1, b: 2 } }), sent(2, 'every', { n: 2 })] }],
  results: [{ step: 2, time: 0, result: { x: 1 } }],
  steps: [{ step: 2, done: 2 }],
} as unknown as RunDetail;

describe('what is expected of a run', () => {
  it.each<Expectation>([
    {},
    { state: 'finished', messages: [{ to: 2 }, { to: 2, channel: 'every' }] },
    {
      messages: [
        { to: 2, payload: { n: 1, more: { b: 2 } } },
        { to: 2, payload: { n: 2 } },
      ],
    },
    { results: [{ x: 1 }] },
    { steps: { 2: { done: 2, dead: 0 }, 9: { done: 0 } } },
  ])('is met by %j', (expectation) => {
    expect(unmet(expectation, run)).toEqual([]);
  });

  it.each<[Expectation, string]>([
    [{ state: 'failed' }, 'The run is finished, expected failed.'],
    [{ messages: [{ to: 3 }] }, 'Expected a message to step 3, there is none.'],
    [
      {
        messages: [
          { to: 2, channel: 'every', payload: { n: 2 } },
          { to: 2, channel: 'every', payload: { n: 2 } },
        ],
      },
      'Expected a message to step 2 over every with {"n":2}, there are {"n":1,"more":{"a":1,"b":2}}.',
    ],
    [{ results: [] }, 'The result {"x":1} was not expected.'],
    [{ results: [{ x: 1 }, { x: 2 }] }, 'Expected the result {"x":2}, it is not there.'],
    [{ steps: { 2: { done: 3 } } }, 'Step 2: expected 3 done, got 2.'],
  ])('is told where it is not met: %j', (expectation, problem) => {
    expect(unmet(expectation, run)).toEqual([problem]);
  });
});
