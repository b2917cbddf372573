import type {
  DeliveryView,
  HealthState,
  LogLevel,
  ReplyView,
  RunState,
  ServiceView,
} from '../../../src/monitor/api.ts';

/** How urgent a state is; the colours of `tokens.css` follow it. */
export type Tone = 'good' | 'active' | 'warn' | 'bad' | 'quiet';

/** The shape that stands beside a state's word, so that colour never speaks alone. */
export type Shape = 'check' | 'cross' | 'triangle' | 'info' | 'dot' | 'ring' | 'slash' | 'clock';

/** A state as the page shows it: a word, a shape and a tone. */
export interface StateWord {
  readonly word: string;
  readonly shape: Shape;
  readonly tone: Tone;
}

const state = (word: string, shape: Shape, tone: Tone): StateWord => ({ word, shape, tone });

export const runStates: Readonly<Record<RunState, StateWord>> = {
  running: state('running', 'dot', 'active'),
  finished: state('finished', 'check', 'good'),
  failed: state('failed', 'cross', 'bad'),
  cancelled: state('cancelled', 'slash', 'quiet'),
};

/** Of a run that is running still: its cancellation is known, and some of its messages have not been settled. */
export const beingCancelled = state('being cancelled', 'slash', 'warn');

/** Of a run, or a step of it, that had not finished when it should have. It goes on all the same. */
export const overBudget = state('over budget', 'clock', 'warn');

export const healthStates: Readonly<Record<HealthState, StateWord>> = {
  pass: state('pass', 'check', 'good'),
  notice: state('notice', 'info', 'active'),
  warning: state('warning', 'triangle', 'warn'),
  error: state('error', 'cross', 'bad'),
};

export const outcomes: Readonly<Record<DeliveryView['outcome'], StateWord>> = {
  done: state('done', 'check', 'good'),
  joined: state('joined', 'check', 'good'),
  later: state('deferred', 'clock', 'quiet'),
  retry: state('retry', 'clock', 'warn'),
  'error-link': state('error link', 'triangle', 'warn'),
  dead: state('dead', 'cross', 'bad'),
  skipped: state('skipped', 'slash', 'quiet'),
  duplicate: state('duplicate', 'ring', 'quiet'),
  cancelled: state('cancelled', 'slash', 'quiet'),
  late: state('late', 'clock', 'warn'),
};

/** Of log lines. */
export const logStates: Readonly<Record<LogLevel, StateWord>> = {
  debug: state('debug', 'ring', 'quiet'),
  info: state('info', 'info', 'quiet'),
  warn: state('warning', 'triangle', 'warn'),
  error: state('error', 'cross', 'bad'),
};

export const replyOutcomes: Readonly<Record<ReplyView['outcome'], StateWord>> = {
  sent: state('sent', 'check', 'good'),
  late: state('late', 'clock', 'warn'),
  undeliverable: state('undeliverable', 'cross', 'bad'),
};

/** Whoever announced has left without waiting, and the queue for answers went with its connection: that is no error. */
export const notAwaited = state('nobody waited', 'slash', 'quiet');

const lost = state('lost', 'cross', 'bad');
const heldBack = state('held back', 'clock', 'warn');
const paused = state('paused', 'slash', 'warn');
const pausing = state('pausing', 'clock', 'warn');
const unknown = state('unknown', 'ring', 'quiet');

/** Status numbers of the heartbeat, as python-workflows has them. */
const serviceStates: Readonly<Record<number, StateWord>> = {
  [-2]: state('tearing down', 'ring', 'quiet'),
  [-1]: state('none', 'ring', 'quiet'),
  0: state('new', 'ring', 'quiet'),
  1: state('starting', 'clock', 'quiet'),
  2: state('idle', 'ring', 'good'),
  3: state('timer', 'clock', 'active'),
  4: state('processing', 'dot', 'active'),
  5: state('shutting down', 'slash', 'warn'),
  6: state('ended', 'slash', 'quiet'),
  7: state('error', 'cross', 'bad'),
};

/** The state of one service instance: `lost` outweighs whatever its last heartbeat said. */
export function serviceState(service: ServiceView): StateWord {
  if (service.lost) return lost;
  if (service.paused) return service.status === processing ? pausing : paused;
  return service.statusText.startsWith(heldBackText) ? heldBack : (serviceStates[service.status] ?? unknown);
}

/** What the heartbeat says beyond the word of the state. */
export function statusDetail({ statusText, status, paused: pause }: ServiceView): string {
  if (pause) return `by ${pause.who}: ${pause.reason}`;
  if (statusText.startsWith(heldBackText)) return statusText.slice(heldBackText.length);
  return statusText.toLowerCase() === statusWord(String(status)) ? '' : statusText;
}

const processing = 4;

/** Heartbeats have no number for it: services say it in words. */
const heldBackText = 'held back: ';

/** The word for a status number in a heartbeat's `utilization`. */
export function statusWord(status: string): string {
  return serviceStates[Number(status)]?.word ?? `status ${status}`;
}
