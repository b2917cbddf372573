import { createHash, timingSafeEqual } from 'node:crypto';
import type { Frame, Headers } from '../../stomp/frame.ts';
import type { Version } from '../deliveries.ts';
import { connectExpected, headerRefused, loginRefused, versionRefused } from '../errors.ts';
import type { User } from '../permissions.ts';
import type { Session } from '../session.ts';

/** Heart-beats more frequent than this are not promised, whatever the client asks for. */
const SHORTEST_BEAT_MS = 100;

/** CONNECT, or STOMP: negotiates the version and the heart-beats, and opens the session. */
export function connect(session: Session, { command, headers }: Frame, users: readonly User[] | undefined): void {
  if (session.isConnected) throw connectExpected({ command, expected: 'the connection was open already' });
  const version = versionOf(headers);
  if (users) session.user = userOf(headers, users);
  const beat = heartBeatOf(command, headers);
  session.isConnected = true;
  session.deliveries.version = version;
  session.reply('CONNECTED', {
    version,
    server: 'Baton',
    session: session.id,
    'heart-beat': `${String(beat.send)},${String(beat.receive)}`,
  });
  session.peer.accepted(beat.send, beat.receive);
}

/** STOMP 1.2, "Protocol Negotiation": the highest that both speak. A client that names none speaks 1.0. */
function versionOf(headers: Headers): Version {
  const accepts = headers['accept-version'] ?? '1.0';
  const versions = accepts.split(',').map((version) => version.trim());
  if (versions.includes('1.2')) return '1.2';
  if (versions.includes('1.1')) return '1.1';
  throw versionRefused({ accepts });
}

function userOf(headers: Headers, users: readonly User[]): User {
  const { login = '', passcode = '' } = headers;
  const [user] = users.filter((one) => {
    const [isLogin, isPasscode] = [isSame(login, one.login), isSame(passcode, one.passcode)];
    return isLogin && isPasscode;
  });
  if (user === undefined) throw loginRefused({ login });
  return user;
}

/** Takes the same time wherever the two differ. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** STOMP 1.2, "Heart-beating": the broker sends and expects them as the client wishes. */
function heartBeatOf(command: string, headers: Headers): { readonly send: number; readonly receive: number } {
  const value = headers['heart-beat'] ?? '0,0';
  const [, clientSends, clientWants] = /^(\d{1,9}),(\d{1,9})$/.exec(value) ?? [];
  if (clientSends === undefined || clientWants === undefined) {
    throw headerRefused({ command, header: 'heart-beat', value, expected: 'two numbers of milliseconds' });
  }
  return { send: atLeast(Number(clientWants)), receive: atLeast(Number(clientSends)) };
}

function atLeast(milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.max(milliseconds, SHORTEST_BEAT_MS);
}
