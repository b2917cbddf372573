import { headerRefused, unsupported } from './errors.ts';

/** Where a frame points: a queue, a topic, a temporary queue of the connection itself, or one of any connection by its address. */
export interface Destination {
  readonly kind: 'queue' | 'topic' | 'temporary' | 'remote';
  readonly name: string;
  readonly text: string;
  /** The name has wildcards: `*` for one part between dots, `>` for all that follow. */
  readonly isPattern: boolean;
}

const PREFIXES = {
  queue: '/queue/',
  topic: '/topic/',
  temporary: '/temp-queue/',
  remote: '/remote-temp-queue/',
} as const;

/** Reads the destination header of a frame. */
export function parseDestination(command: string, text: string | undefined): Destination {
  const expected = 'one of /queue/NAME, /topic/NAME, /temp-queue/NAME, /remote-temp-queue/NAME';
  if (text === undefined) throw headerRefused({ command, header: 'destination', value: null, expected });
  for (const kind of KINDS) {
    if (!text.startsWith(PREFIXES[kind])) continue;
    const name = text.slice(PREFIXES[kind].length);
    if (name === '') break;
    if (name.includes(',')) throw unsupported({ command, what: `several destinations in one (${text})`, expected });
    return { kind, name, text, isPattern: isPattern(name) };
  }
  throw headerRefused({ command, header: 'destination', value: text, expected });
}

const KINDS = ['queue', 'topic', 'temporary', 'remote'] as const;

function isPattern(name: string): boolean {
  return name.split('.').some((part) => part === '*' || part === '>');
}

/** True when the name is one of those that the pattern stands for; `a.>` stands for `a` too, as on ActiveMQ. */
export function matches(pattern: string, name: string): boolean {
  const wanted = pattern.split('.');
  const parts = name.split('.');
  const end = wanted.indexOf('>');
  if (end < 0 ? wanted.length !== parts.length : parts.length < end) return false;
  return (end < 0 ? wanted : wanted.slice(0, end)).every((part, index) => part === '*' || part === parts[index]);
}

/** The address of a queue by its name. */
export function queueAddress(name: string): string {
  return PREFIXES.queue + name;
}

/** The address of a temporary queue by the name that the broker gave it. */
export function remoteAddress(name: string): string {
  return PREFIXES.remote + name;
}
