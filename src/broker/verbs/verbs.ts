import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';
import { abort } from './abort.ts';
import { ack } from './ack.ts';
import { begin } from './begin.ts';
import { commit } from './commit.ts';
import { disconnect } from './disconnect.ts';
import { nack } from './nack.ts';
import { send } from './send.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';

/** What a command does on an open session. It throws what is wrong with the frame, and then has done nothing. */
export type Verb = (session: Session, frame: Frame) => void;

/** All commands of STOMP 1.2 that a client sends after CONNECT. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['SEND', send],
  ['SUBSCRIBE', subscribe],
  ['UNSUBSCRIBE', unsubscribe],
  ['ACK', ack],
  ['NACK', nack],
  ['BEGIN', begin],
  ['COMMIT', commit],
  ['ABORT', abort],
  ['DISCONNECT', disconnect],
]);
