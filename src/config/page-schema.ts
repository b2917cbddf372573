import { standardSessions } from '../access/access.ts';
import { roles, userRoles } from '../access/roles.ts';
import type { JsonObject } from '../core/json.ts';
import { closed, port } from './schema-parts.ts';

const file: JsonObject = { type: 'string', minLength: 1 };
const header: JsonObject = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9-]*$' };

function namesFor(role: string): JsonObject {
  return {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    description: `groups (without \`groupsHeader\`: users) whose role is ${role}; \`*\` is everybody whom the proxy names`,
  };
}

/** JSON Schema of `page` in `baton.yaml`. */
export const pageSchema: JsonObject = closed({
  host: { type: 'string', default: '127.0.0.1', description: 'where the status page listens' },
  port: { ...port, default: 8080, description: 'HTTP port of the status page' },
  tls: {
    ...closed({
      key: { ...file, description: 'private key of the status page (PEM), which then speaks HTTPS only' },
      cert: { ...file, description: 'its certificate (PEM), with those between it and the authority' },
      ca: { ...file, description: 'who signed it, for the commands that ask the page, where the system does not know' },
      name: { type: 'string', minLength: 1, description: 'the name in it, where that is not `page.host`' },
    }),
    required: ['key', 'cert'],
  },
  clearText: {
    type: 'boolean',
    default: false,
    description:
      'whether the page may listen beyond loopback without TLS: only where nobody can listen in on the way to it, as in a container',
  },
  local: {
    enum: ['none', ...roles.slice(1)],
    description:
      'what may be done without a login from the host itself, while the page listens on loopback; absent: everything while there are no users and no proxy (where the broker asks for a login: looking), then nothing',
  },
  proxy: {
    ...closed({
      addresses: {
        type: 'array',
        items: { type: 'string', minLength: 1 },
        minItems: 1,
        description:
          'the addresses or networks (10.0.0.0/24) of the proxy that tells who asks; from others its headers are refused',
      },
      userHeader: { ...header, description: 'the header in which it tells the user' },
      groupsHeader: { ...header, description: "the header in which it tells the user's groups, with commas between" },
      roles: closed(Object.fromEntries(userRoles.map((role) => [role, namesFor(role)]))),
    }),
    required: ['addresses', 'userHeader', 'roles'],
  },
  files: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    default: [],
    description: 'folders below which files that results of runs name may be downloaded from the page by every viewer',
  },
  editRecipes: {
    type: 'boolean',
    default: false,
    description:
      'whether administrators may save recipes on the page: what they save runs from the next announcement on. Where false, recipes can be looked at, changed and tried there all the same',
  },
  sessions: closed({
    idleHours: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 8760,
      default: standardSessions.idleHours,
      description: 'hours without a request after which one has to log in again',
    },
    hours: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 8760,
      default: standardSessions.hours,
      description: 'hours after which one has to log in again in any case',
    },
  }),
});
