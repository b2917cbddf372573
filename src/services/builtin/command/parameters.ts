import type { Json, JsonObject } from '../../../core/json.ts';
import { sizePattern, timePattern } from './units.ts';

/** The parameters of a step that runs a program. */
export interface CommandParameters {
  readonly program: string;
  readonly arguments?: readonly Json[] | JsonObject;
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly stdin?: Json;
  /** Seconds. */
  readonly timeout?: number;
  readonly resources?: WantedResources;
  readonly backend?: string;
  readonly results?: readonly (string | WantedResult)[];
}

export interface WantedResources {
  readonly cores?: number;
  readonly memory?: number | string;
  readonly gpus?: number;
  readonly time?: number | string;
  readonly label?: string;
}

/** Files that are results: those that match the pattern. */
export interface WantedResult {
  readonly pattern: string;
  readonly type?: string;
  readonly rank?: number;
  readonly optional?: boolean;
}

const size: JsonObject = {
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: sizePattern },
  ],
};
const time: JsonObject = {
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: timePattern },
  ],
};

export const commandParameters: JsonObject = {
  type: 'object',
  required: ['program'],
  properties: {
    program: { type: 'string', description: 'A program of the site, by its name in baton.yaml (programs).' },
    arguments: {
      type: ['array', 'object'],
      description: 'Its arguments, as the site permits them; "$name" is taken from the payload.',
    },
    environment: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Variables that the site lets recipes set.',
    },
    directory: { type: 'string', description: 'Where it works; a folder of its own, which is removed, where absent.' },
    stdin: { description: 'What it reads: text, or any JSON; its message where absent.' },
    timeout: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'Seconds that it may run; resources.time does the same.',
    },
    resources: {
      type: 'object',
      properties: {
        cores: { type: 'integer', minimum: 1, description: '1 where absent.' },
        memory: { ...size, description: 'Bytes, or "8G": kept free for it, and the most that it gets.' },
        gpus: { type: 'integer', minimum: 0 },
        time: { ...time, description: 'Seconds, or "2h".' },
        label: {
          type: 'string',
          pattern: '^[A-Za-z0-9_-]{1,40}$',
          description: 'The kind of host that it needs, as workers name it.',
        },
      },
      additionalProperties: false,
      description: 'What it needs; it starts when that is free.',
    },
    backend: { type: 'string', description: 'Where it runs; the first that the site has where absent.' },
    results: {
      type: 'array',
      items: {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            required: ['pattern'],
            properties: {
              pattern: { type: 'string' },
              type: { type: 'string' },
              rank: { type: 'integer', minimum: 1 },
              optional: { type: 'boolean' },
            },
            additionalProperties: false,
          },
        ],
      },
      description: 'Files it is to leave in its directory, as patterns; each is told of as a result.',
    },
  },
};
