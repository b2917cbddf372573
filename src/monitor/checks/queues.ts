import { plural } from '../../core/plural.ts';
import type { QueueView } from '../api.ts';
import { stateBy, worstOf } from '../limits.ts';
import { isDeadLetterQueue } from '../queues.ts';
import type { Facts, Finding } from './check.ts';
import { listed, span } from './words.ts';

/** Every queue in which messages wait is read. */
export function queues({ queues: all, unreadSince, limits, now }: Facts): Finding {
  const check = 'queues';
  const unread = all
    .filter(({ name }) => !isDeadLetterQueue(name) && unreadSince.has(name))
    .map((queue) => ({
      queue,
      state: stateBy(limits, 'unreadSeconds', (now - (unreadSince.get(queue.name) ?? now)) / 1000),
    }))
    .filter(({ state }) => state !== 'pass');
  const state = worstOf(unread.map((one) => one.state));
  if (state === 'pass') return { check, state, message: 'Every queue with messages in it has a consumer.' };
  const message = `Messages wait in queues that nobody reads: ${listed(unread.map(({ queue }) => told(queue)))}.`;
  const advice = 'Start the services that read these queues: baton service NAME.';
  return { check, state, message, advice, see: seen(unread.map(({ queue }) => queue)) };
}

/** No message waits for too long. */
export function oldestMessage({ oldestSince, limits, now }: Facts): Finding {
  const check = 'oldest message';
  const [oldest] = [...oldestSince].sort(([, a], [, b]) => a - b);
  if (!oldest) return { check, state: 'pass', message: 'No message waits.' };
  const [name, since] = oldest;
  const seconds = Math.max(0, now - since) / 1000;
  const state = stateBy(limits, 'oldestSeconds', seconds);
  const message = `The oldest message waits for ${span(seconds)} or more, in ${name}.`;
  if (state === 'pass') return { check, state, message };
  const advice = `See whether the services that read ${name} work, or are too few; more of them may run: baton service NAME.`;
  return { check, state, message, advice, see: `/#queue-${name}` };
}

/** Few messages die, and somebody looks after those that did. */
export function deadLetters({ queues: all, newDeadLetters, limits }: Facts): Finding {
  const check = 'dead letters';
  // Those that somebody holds, to send some of them again, are still there.
  const filled = all
    .filter(({ name }) => isDeadLetterQueue(name))
    .map((queue) => ({ ...queue, waiting: queue.waiting + queue.inFlight }))
    .filter(({ waiting }) => waiting > 0);
  const number = filled.reduce((sum, { waiting }) => sum + waiting, 0);
  const rising = stateBy(limits, 'newDeadLetters', newDeadLetters);
  const state = worstOf([rising, stateBy(limits, 'deadLetters', number)]);
  if (state === 'pass')
    return { check, state, message: number === 0 ? 'No dead letters.' : `${plural(number, 'dead letter')}.` };
  const news = newDeadLetters > 0 ? ` (${String(newDeadLetters)} came within ten minutes)` : '';
  const message = `${plural(number, 'message')} that nobody could process${news}: ${listed(filled.map(told))}.`;
  const advice =
    rising === 'pass'
      ? 'They are grouped by their cause: mend it, try one, then release the rest.'
      : 'They come fast: see the cause of the largest group, and stop what causes them before it fails everything.';
  return { check, state, message, advice, see: '/failed' };
}

function told({ name, waiting }: QueueView): string {
  return `${name} (${String(waiting)})`;
}

function seen(all: readonly QueueView[]): string {
  const [first] = all;
  return all.length === 1 && first ? `/#queue-${first.name}` : '/#queues';
}
