import type { OrderPreview, OrderState, OrderTarget, OrderView, PauseView } from '../api.ts';
import { nobodyMeant, notPaused } from '../control/errors.ts';
import { bodies } from './bodies.ts';
import type { Operation, Operations, Parameters } from './operation.ts';
import { flag, listOf, object, oneOf, refTo, text, time, told, type Fields, type Schema } from './schema.ts';

const orders = ['pause', 'resume', 'drain', 'shutdown'] as const;
const states = ['paused', 'pausing', 'resumed', 'ending', 'ended', 'silent', 'cannot'] as const;

const target: Fields<OrderTarget> = {
  required: { host: text, service: text, serviceClass: text, obeys: told(flag, 'it knows this order') },
  optional: { note: text },
};

/** What is answered about orders to services. */
export const controlSchemas: Readonly<Record<string, Schema>> = {
  PauseView: object<PauseView>({
    required: {
      service: told(text, 'the class of the services; * for all'),
      host: told(text, 'their machine; * for all'),
      since: time,
      who: text,
      reason: text,
    },
    optional: {},
  }),
  OrderPreview: object<OrderPreview>({
    required: { order: oneOf(orders), who: text, targets: listOf(object<OrderTarget>(target)) },
    optional: {},
  }),
  OrderView: object<OrderView>({
    required: {
      order: oneOf(orders),
      targets: listOf(
        object<OrderState>({
          ...target,
          required: {
            ...target.required,
            state: told(oneOf(states), 'silent: it has not told within 8 s; cannot: it does not know this order'),
          },
        }),
      ),
    },
    optional: {},
  }),
};

/** Orders to services, and what is paused. */
export function controlOperations(ofPages: Parameters): Operations {
  const order = (summary: string, errors: Operation['errors'] = []): Operation => {
    return { summary, needs: 'operator', body: bodies.serviceOrder, answer: refTo('OrderView'), errors };
  };
  return {
    'GET /api/pauses': {
      summary: 'What is paused, by service and host',
      needs: 'viewer',
      query: ofPages,
      answer: {
        type: 'object',
        required: ['items'],
        properties: {
          items: listOf(refTo('PauseView')),
          next: told(text, 'the cursor of the next page; absent on the last'),
        },
      },
    },
    'GET /api/services/orders': {
      summary: 'Whom an order would reach now',
      needs: 'operator',
      query: {
        order: { ...oneOf(orders), default: 'pause' },
        service: { type: 'string', maxLength: 300, default: '*', description: 'a serviceClass, or * for all' },
        host: { type: 'string', maxLength: 300, default: '*', description: 'a machine, a host.pid, or * for all' },
      },
      answer: refTo('OrderPreview'),
      errors: [nobodyMeant, notPaused],
    },
    'POST /api/services/pause': order('Services take no more; what they work on is finished, the rest goes to others'),
    'POST /api/services/resume': order('What is paused goes on', [notPaused]),
    'POST /api/services/drain': order('Services finish what they work on, and end', [nobodyMeant]),
    'POST /api/services/shutdown': order('Processes end in good order, with all services in them', [nobodyMeant]),
  };
}
