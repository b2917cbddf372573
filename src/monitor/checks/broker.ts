import { stateBy, worstOf } from '../limits.ts';
import type { Facts, Finding } from './check.ts';
import { span } from './words.ts';

const check = 'broker';

/** The broker is reached, answers soon, tells of its queues, and has room. */
export function broker(facts: Facts): Finding {
  return unreachable(facts) ?? slow(facts) ?? silent(facts) ?? full(facts) ?? well(facts);
}

function unreachable({ disconnected }: Facts): Finding | undefined {
  if (disconnected === undefined) return undefined;
  const advice =
    'Start the broker, or mend the network to it; Baton connects again by itself and loses nothing meanwhile.';
  return { check, state: 'error', message: disconnected, advice };
}

function slow({ answerSeconds, limits }: Facts): Finding | undefined {
  if (answerSeconds === undefined) return undefined;
  const state = stateBy(limits, 'answerSeconds', answerSeconds);
  if (state === 'pass') return undefined;
  const message = `The broker takes ${span(answerSeconds)} to answer.`;
  const advice = 'Look at the load, the memory and the disk of its host; everything that Baton does waits for it.';
  return { check, state, message, advice };
}

function silent({ queuesTold, now }: Facts): Finding | undefined {
  if (queuesTold !== undefined && now - queuesTold <= 30_000) return undefined;
  const message = 'The broker is connected, but does not tell what is in its queues.';
  const advice = 'On ActiveMQ enable the statisticsBrokerPlugin, as deploy/activemq/activemq.xml does.';
  return { check, state: 'notice', message, advice };
}

function full({ usage, limits }: Facts): Finding | undefined {
  const all = [...usage].map(([of, percent]) => ({ of, percent, state: stateBy(limits, 'brokerPercent', percent) }));
  const state = worstOf(all.map((one) => one.state));
  const found = all.find((one) => one.state === state);
  if (state === 'pass' || !found) return undefined;
  const message = `The broker uses ${String(found.percent)} % of its limit of ${found.of === 'temp' ? 'temporary store' : found.of}; at 100 % it holds up whoever sends.`;
  const advice = 'See which queues are long and start what reads them; else raise the limit where the host has room.';
  return { check, state, message, advice, see: '/#queues' };
}

function well({ answerSeconds }: Facts): Finding {
  const answers = answerSeconds === undefined ? '' : `, and answers within ${span(Math.max(0.1, answerSeconds))}`;
  return { check, state: 'pass', message: `The broker is connected${answers}.` };
}
