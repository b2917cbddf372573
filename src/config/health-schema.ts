import type { JsonObject } from '../core/json.ts';
import { limits, standardLimits, type LimitName } from '../monitor/limits.ts';
import { closed } from './schema-parts.ts';
import { standardAlerts } from './standard.ts';

const states: JsonObject = { enum: ['notice', 'warning', 'error'] };

function limit(name: LimitName): JsonObject {
  const { of, bad } = limits[name];
  return {
    type: 'object',
    propertyNames: states,
    additionalProperties: false,
    patternProperties: { '^(notice|warning|error)$': { type: ['number', 'null'], minimum: 0 } },
    default: { ...standardLimits[name] },
    description: `${of}: from which number ${bad === 'above' ? 'up' : 'down'} that is a \`notice\`, a \`warning\`, an \`error\`; \`null\` for never`,
  };
}

/** JSON Schema of `health` in `baton.yaml`. */
export const healthSchema: JsonObject = closed({
  limits: closed(Object.fromEntries((Object.keys(limits) as readonly LimitName[]).map((name) => [name, limit(name)]))),
  forgetLostSeconds: {
    type: 'number',
    minimum: 60,
    default: standardAlerts.forgetLostSeconds,
    description: 'for so long a service that went silent is shown as lost, unless it comes back',
  },
});

const seconds: JsonObject = { type: 'number', minimum: 0, maximum: 86_400 };
const file: JsonObject = { type: 'string', minLength: 1 };

/** JSON Schema of `alerts` in `baton.yaml`. */
export const alertsSchema: JsonObject = {
  type: 'object',
  description: 'who is told over HTTP when something is wrong, by name; absent: nobody',
  additionalProperties: closed({
    url: { type: 'string', minLength: 1, description: 'http:// or https://, where alerts are posted' },
    urlFile: {
      ...file,
      description: 'file with that address in its first line, in place of `url`: where it is a secret',
    },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'headers of the request',
    },
    headerFiles: {
      type: 'object',
      additionalProperties: file,
      description: 'file with the value in its first line, by header: for those that are secrets',
    },
    minimum: { ...states, default: standardAlerts.minimum, description: 'what is less grave counts as well' },
    holdSeconds: {
      ...seconds,
      default: standardAlerts.holdSeconds,
      description: 'so long a state must hold before it is told',
    },
    quietSeconds: {
      ...seconds,
      default: standardAlerts.quietSeconds,
      description: 'so long after something was told of a check only what is graver is told of it',
    },
  }),
};
