import { brief } from './problem.ts';

/** Queues and topics, without prefix, through which the parts of Baton and of the broker talk to each other. */
const reserved = /^(?:baton\.|DLQ\.|ActiveMQ\.)|^(?:command|transient\.status)$/;

/** True for a name, without prefix, that only Baton and the broker themselves may write to. */
export function isReserved(name: string): boolean {
  return reserved.test(name);
}

/** Why a queue or topic, by its name without prefix, is none that messages may go to; undefined when it is one. */
export function destinationProblem(name: string): string | undefined {
  if (/^\/(?:queue|topic)\//.test(name))
    return `expected a name without ${name.slice(0, 7)} in front, got ${brief(name)}`;
  if (!/^[^\s\p{Cc},?*>]{1,500}$/u.test(name))
    return `expected the name of one queue or topic, without spaces, commas and wildcards, got ${brief(name)}`;
  return isReserved(name)
    ? `expected a queue or topic that is not Baton's own or the broker's, got ${brief(name)}`
    : undefined;
}
