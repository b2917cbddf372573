import { defaultBrokerLimits } from '../broker/limits.ts';
import type { JsonObject } from '../core/json.ts';
import { closed, port } from './schema-parts.ts';

const file: JsonObject = { type: 'string', minLength: 1 };

function bytes(standard: number, of: string): JsonObject {
  const known = standard === Infinity ? {} : { default: standard };
  return { type: 'integer', minimum: 1, ...known, description: `bytes of ${of}` };
}

const { connections, storeBytes, reserveBytes, cacheBytes, transactionBytes, memoryBytes, temporaryBytes, frame } =
  defaultBrokerLimits;

/** JSON Schema of `broker` in `baton.yaml`. */
export const brokerSchema: JsonObject = {
  ...closed({
    url: {
      type: 'string',
      description:
        'stomp://user:pass@host:port/prefix, stomp+ssl:// for TLS, several with commas between; absent: the embedded broker is started',
    },
    host: { type: 'string', default: '127.0.0.1', description: 'where the embedded broker listens' },
    port: { ...port, default: 61613, description: 'STOMP port of the embedded broker' },
    login: { type: 'string', minLength: 1, description: 'as whom everything with this file connects to the broker' },
    passcodeFile: { ...file, description: 'file with the passcode of `login`; absent: that of `users`' },
    users: {
      type: 'object',
      description: 'who may connect to the embedded broker, by login; absent: everybody',
      additionalProperties: {
        ...closed({
          passcodeFile: { ...file, description: 'file with the passcode in its first line' },
          may: {
            type: 'array',
            description:
              'what this user may do, as a list of `destination` (`/queue/NAME` or `/topic/NAME`, where `*` is one part and `>` all that follow), `read` and `write`; absent: everything',
            items: {
              ...closed({
                destination: { type: 'string', pattern: '^/(queue|topic)/.' },
                read: { type: 'boolean' },
                write: { type: 'boolean' },
              }),
              required: ['destination'],
            },
          },
        }),
        required: ['passcodeFile'],
      },
    },
    tls: {
      ...closed({
        key: { ...file, description: 'private key of the embedded broker (PEM), which then speaks TLS only' },
        cert: { ...file, description: 'its certificate (PEM)' },
        ca: { ...file, description: 'who signed it, where the system does not know: for a self-signed one itself' },
        name: { type: 'string', minLength: 1, description: 'the name in it, where that is not `broker.host`' },
      }),
      required: ['key', 'cert'],
    },
    limits: closed({
      connections: {
        type: 'integer',
        minimum: 1,
        default: connections,
        description: 'connections to the embedded broker at the same time',
      },
      bodyBytes: bytes(frame.bodyBytes, 'a message'),
      storeBytes: bytes(storeBytes, 'its store; absent: the disk'),
      reserveBytes: {
        ...bytes(reserveBytes, 'the disk kept for acknowledgements when it is full; 0 for none'),
        minimum: 0,
      },
      cacheBytes: bytes(cacheBytes, 'waiting messages that are kept in memory beside the store'),
      memoryBytes: bytes(memoryBytes, 'what is in memory alone: open transactions, temporary queues, slow subscribers'),
      transactionBytes: bytes(transactionBytes, 'one open transaction'),
      temporaryBytes: bytes(temporaryBytes, 'one temporary queue, or one slow subscriber'),
    }),
  }),
};
