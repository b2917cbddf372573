import { plural } from '../../core/plural.ts';
import { status } from '../../services/status.ts';
import { wordsOf } from '../control/orders.ts';
import { stateBy, worstOf } from '../limits.ts';
import type { Facts, Finding } from './check.ts';
import { listed, span } from './words.ts';

const see = '/#services';

/** Services are there, and none went without a goodbye. */
export function services({ services: all }: Facts): Finding {
  const check = 'services';
  const lost = all.filter((service) => service.lost);
  if (all.length === 0) {
    const message = 'No service has been heard of.';
    return { check, state: 'notice', message, advice: 'Start one: baton up starts those of the configuration.' };
  }
  if (lost.length > 0) {
    const message = `${plural(lost.length, 'service')} went silent: ${listed(lost.map(({ service, host }) => `${service} on ${host}`))}.`;
    const advice =
      'Look whether their hosts run, and start them again; the log of each tells how it ended. What they had goes to others.';
    return { check, state: 'warning', message, advice, see };
  }
  return { check, state: 'pass', message: `${plural(all.length, 'service')} heard of, none lost.` };
}

/** No service has to wait for those that it sends to. */
export function heldBack({ heldBackSince, limits, now }: Facts): Finding {
  const check = 'held back';
  const all = [...heldBackSince]
    .map(([what, since]) => ({ what, seconds: Math.max(0, now - since) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds);
  const [longest] = all;
  const state = longest ? stateBy(limits, 'heldBackSeconds', longest.seconds) : 'pass';
  if (!longest || state === 'pass') return { check, state: 'pass', message: 'No service is held back.' };
  const message = `Held back for ${span(longest.seconds)}: ${listed(all.map(({ what }) => what))}.`;
  const advice = 'Start more of the services that read the queue it names: until they catch up, no more is sent there.';
  return { check, state, message, advice, see };
}

/** Nothing is paused: what is, somebody has to let go on again. */
export function paused({ pauses }: Facts): Finding {
  const check = 'paused';
  if (pauses.length === 0) return { check, state: 'pass', message: 'No service is paused.' };
  const message = `Paused: ${listed(pauses.map((pause) => `${wordsOf(pause)}, by ${pause.who} (${pause.reason})`))}.`;
  const advice = 'Resume them when the reason is gone: what they should do waits.';
  return { check, state: 'notice', message, advice, see };
}

/** All of Baton's services are of the monitor's version. */
export function versions({ services: all, version }: Facts): Finding {
  const check = 'versions';
  const running = all.filter((service) => !service.lost && service.status !== status.end);
  const others = running.filter((service) => service.version !== undefined && service.version !== version);
  if (others.length === 0)
    return { check, state: 'pass', message: `All of Baton’s services are of version ${version}.` };
  const told = others.map((service) => `${service.service} on ${service.host} (${service.version ?? ''})`);
  const message = `${plural(others.length, 'service')} of another version than the monitor’s ${version}: ${listed(told)}.`;
  return {
    check,
    state: 'notice',
    message,
    advice: 'Start them again with the version of the others, when nothing runs.',
    see,
  };
}

/** All clocks go alike. */
export function clocks({ clocks: all, limits }: Facts): Finding {
  const check = 'clocks';
  const off = [...all]
    .map(([host, ahead]) => ({ host, ahead, state: stateBy(limits, 'clockSeconds', Math.abs(ahead) / 1000) }))
    .filter(({ state }) => state !== 'pass')
    .sort((a, b) => Math.abs(b.ahead) - Math.abs(a.ahead));
  const state = worstOf(off.map((one) => one.state));
  if (state === 'pass') return { check, state, message: 'All clocks go alike.' };
  const told = off.map(
    ({ host, ahead }) => `${whose(host)} ${span(Math.abs(ahead) / 1000)} ${ahead > 0 ? 'ahead' : 'behind'}`,
  );
  const message = `Clocks differ from the monitor’s: ${listed(told)}.`;
  const advice = 'Set all clocks by NTP (chronyc tracking): waits, deadlines and budgets are off by as much.';
  return { check, state, message, advice };
}

function whose(host: string): string {
  return host === 'broker' ? 'the broker’s' : `that of ${host}`;
}
