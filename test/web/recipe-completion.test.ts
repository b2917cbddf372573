import { CompletionContext } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { DescribedService } from '../../src/recipes/schema.ts';
import { recipeSchema } from '../../src/recipes/schema.ts';
import { completionsOf } from '../../web/src/recipes/editor/complete.ts';

const watcher: DescribedService = {
  name: 'file-watch',
  description: 'File watcher',
  queue: 'filewatcher',
  parameters: {
    type: 'object',
    properties: {
      pattern: { type: 'string', description: 'where the files are' },
      how: { enum: ['poll', 'notify'] },
      deep: { type: 'boolean' },
    },
  },
  channels: { every: 'each file', 'select-n': 'some', finally: 'at the end' },
};
const schema = recipeSchema([watcher, { ...watcher, name: 'other', description: 'Other', queue: 'other.queue' }]);

describe('completion in a recipe', () => {
  it.each([
    ['a key at the top is a new step, start or error', '{ "1": {}, | }', ['2', 'start', 'error']],
    [
      'keys of a step are those of the schema',
      '{ "1": { "qu|" } }',
      expect.arrayContaining(['queue', 'output', 'join']),
    ],
    ['keys that are there are not offered', '{ "1": { "queue": "x", "|" } }', expect.not.arrayContaining(['queue'])],
    ['a queue is one of the services', '{ "1": { "queue": "|" } }', ['filewatcher', 'other.queue']],
    [
      'a queue is so in a text that is no JSON yet',
      '{ "1": { "queue": "fi|"}\n "start": []',
      ['filewatcher', 'other.queue'],
    ],
    [
      'a key is so in a text that is not closed',
      '{ "1": {\n  "joi|\n  "queue": "x" } }',
      expect.arrayContaining(['join']),
    ],
    ['a service is called as it calls itself', '{ "1": { "service": "|" } }', ['File watcher', 'Other']],
    [
      'parameters are those of the service',
      '{ "1": { "queue": "filewatcher", "parameters": { "|" } } }',
      ['pattern', 'how', 'deep'],
    ],
    [
      'a parameter has the values that it may have',
      '{ "1": { "queue": "filewatcher", "parameters": { "how": "|" } } }',
      ['poll', 'notify'],
    ],
    [
      'a parameter is true or false',
      '{ "1": { "queue": "filewatcher", "parameters": { "deep": | } } }',
      ['true', 'false'],
    ],
    ['a channel is one of the service', '{ "1": { "queue": "filewatcher", "output": { "|" } } }', ['every', 'finally']],
    ['a link is a step', '{ "1": { "output": | }, "7": {} }', ['1', '7']],
    ['a link of a channel is a step', '{ "1": { "output": { "every": [|] } }, "7": {} }', ['1', '7']],
    ['a start is a step', '{ "start": [[|]], "7": {} }', ['7']],
    [
      'a placeholder is a parameter named elsewhere',
      '{ "1": { "a": "{beamline}", "b": "{visit[x]}", "c": "/x/{b|" } }',
      ['beamline', 'visit'],
    ],
    ['of a payload nothing is known', '{ "1": {}, "start": [[1, "|"]] }', []],
  ])('%s', (_what, text, labels) => {
    expect(labelsAt(text)).toEqual(labels);
  });
});

/** What is offered where the bar stands. */
function labelsAt(text: string): readonly string[] {
  const at = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', ''), extensions: [json()] });
  const found = completionsOf(schema)(new CompletionContext(state, at, true));
  return found?.options.map(({ label }) => label) ?? [];
}
