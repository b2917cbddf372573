import type { OrderState, OrderTarget, ServiceOrder, ServiceView } from '../../../src/monitor/api.ts';
import type { StateWord } from '../words/states.ts';

/** Whom an order means: a class and a host, `*` for all. */
export interface Meant {
  readonly service: string;
  readonly host: string;
}

/** One choice in the dialog. */
export interface Scope extends Meant {
  readonly words: string;
}

export const orderWords: Readonly<Record<ServiceOrder, { readonly name: string; readonly does: string }>> = {
  pause: {
    name: 'Pause',
    does: 'It takes no more. What it works on is finished, what else it holds goes to others; it stays so, also after a restart, until somebody resumes it.',
  },
  resume: { name: 'Resume', does: 'It goes on with what waits.' },
  drain: {
    name: 'Drain',
    does: 'It finishes what it works on, says so, and ends. It is back when its process is started again.',
  },
  shutdown: {
    name: 'Shut down',
    does: 'Its whole process ends in good order, with all services in it. Start it again on its host.',
  },
};

/** The orders that can be given to a service, the likeliest first. */
export function ordersFor({ paused }: ServiceView): readonly ServiceOrder[] {
  return paused ? ['resume', 'drain', 'shutdown'] : ['pause', 'drain', 'shutdown'];
}

/** Whom an order given from a service's card can mean, the narrowest first. */
export function scopesOf(order: ServiceOrder, view: ServiceView): readonly Scope[] {
  const { serviceClass, host, paused } = view;
  const machine = host.replace(/\.\d+$/, '');
  if (order === 'resume' && paused) return [{ ...paused, words: wordsOf(paused) }];
  const whole = { service: '*', host: machine, words: `everything on ${machine}` };
  const everywhere = { service: serviceClass, host: '*', words: `${serviceClass} on all hosts` };
  const here = order === 'pause' ? machine : host;
  return [{ service: serviceClass, host: here, words: `${serviceClass} on ${here}` }, everywhere, whole];
}

export function wordsOf({ service, host }: Meant): string {
  return `${service === '*' ? 'all services' : service} on ${host === '*' ? 'all hosts' : host}`;
}

/** What became of an order at one of those that it reached. */
export const targetStates: Readonly<Record<OrderState['state'], StateWord>> = {
  paused: { word: 'paused', shape: 'check', tone: 'good' },
  pausing: { word: 'finishes what it works on', shape: 'clock', tone: 'active' },
  resumed: { word: 'resumed', shape: 'check', tone: 'good' },
  ended: { word: 'ended', shape: 'check', tone: 'good' },
  ending: { word: 'finishes what it works on', shape: 'clock', tone: 'active' },
  silent: { word: 'no answer yet', shape: 'triangle', tone: 'warn' },
  cannot: { word: 'does not know this order', shape: 'slash', tone: 'quiet' },
};

export const obeying = (target: OrderTarget): StateWord =>
  target.obeys
    ? { word: target.note ?? 'obeys', shape: 'dot', tone: 'active' }
    : { word: target.note ?? 'does not know this order', shape: 'slash', tone: 'quiet' };
