import { stateBy, worstOf } from '../limits.ts';
import type { Facts, Finding } from './check.ts';
import { listed, span } from './words.ts';

const see = '/jobs';

/** Every program that waits has something that can take it, and whoever holds programs is heard of. */
export function jobs({ jobs: { untaken, unheard }, limits, now }: Facts): Finding {
  const check = 'programs';
  const late = untaken.filter(({ since }) => stateBy(limits, 'unreadSeconds', (now - since) / 1000) !== 'pass');
  const [first] = late;
  if (first) {
    const state = worstOf(late.map(({ since }) => stateBy(limits, 'unreadSeconds', (now - since) / 1000)));
    return { check, state, message: late.map(({ message }) => message).join(' '), advice: first.advice, see };
  }
  if (unheard.length > 0) {
    const told = unheard.map(
      ({ host, jobs: held, heard }) => `${host} (${String(held)}, ${span((now - heard) / 1000)})`,
    );
    const message = `Services that hold programs are not heard of: ${listed(told)}.`;
    const advice = 'See whether their hosts run, and start them again; what they held goes to others, or is run again.';
    return { check, state: 'warning', message, advice, see: '/jobs?state=unheard' };
  }
  return { check, state: 'pass', message: 'Every program that waits can be taken.' };
}
