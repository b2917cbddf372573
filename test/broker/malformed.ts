import { once } from 'node:events';
import { connect } from 'node:net';

/** A number from 0 to below 1. */
type Random = () => number;

const frames: readonly string[] = [
  'CONNECT\naccept-version:1.2\nhost:test\n\n\0',
  'SEND\ndestination:/queue/malformed\nreceipt:1\n\nbody\0',
  'SEND\ndestination:/queue/malformed\ncontent-length:4\n\nbody\0',
  'SEND\ndestination:/temp-queue/t\nreply-to:/temp-queue/u\npriority:9\nexpires:1\n\nbody\0',
  "SUBSCRIBE\nid:1\ndestination:/queue/malformed\nack:client\nselector:a = 1 AND b LIKE 'x%'\n\n\0",
  'SUBSCRIBE\nid:2\ndestination:/topic/malformed.>\nack:client-individual\nactivemq.prefetchSize:5\n\n\0',
  'SUBSCRIBE\nid:3\ndestination:/queue/malformed\nbrowser:true\n\n\0',
  'UNSUBSCRIBE\nid:1\n\n\0',
  'BEGIN\ntransaction:t\n\n\0',
  'SEND\ndestination:/queue/malformed\ntransaction:t\nJMSXGroupID:g\n\nbody\0',
  'ACK\nid:none\ntransaction:t\n\n\0',
  'NACK\nid:none\n\n\0',
  'COMMIT\ntransaction:t\nreceipt:2\n\n\0',
  'ABORT\ntransaction:t\n\n\0',
  'DISCONNECT\nreceipt:3\n\n\0',
];

type Harm = (bytes: Buffer, random: Random) => Buffer;

const harms: readonly Harm[] = [
  (bytes, random) => flipped(bytes, random),
  (bytes, random) => bytes.subarray(0, below(bytes.length, random)),
  (bytes, random) => Buffer.concat([bytes, noise(below(200, random), random)]),
  (_bytes, random) => noise(1 + below(400, random), random),
  (bytes) =>
    Buffer.from(bytes.toString('latin1').replace(/content-length:\d+/, 'content-length:99999999999999'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace(':', '\\t:'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace('\n', `\n${'x'.repeat(70_000)}:1\n`), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace('\n', `\n${'a:1\n'.repeat(600)}`), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace(/^[A-Z]+/, 'PUBLISH'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace(/:[^\n]*/, ':\xff\xfe'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace(/:[^\n]*/, ''), 'latin1'),
  (bytes, random) => Buffer.from(bytes.toString('latin1').replace(/\d/, String(10 ** below(25, random))), 'latin1'),
];

/** What a client in disorder sends: CONNECT mostly, some frames that are right, and one that is wrong in some way. */
export function malformed(random: Random): Buffer {
  const pick = <Value>(all: readonly Value[]): Value => all[below(all.length, random)] as Value;
  const right = Array.from({ length: below(4, random) }, () => Buffer.from(pick(frames)));
  const start = random() < 0.9 ? [Buffer.from(frames[0] ?? '')] : [];
  return Buffer.concat([...start, ...right, pick(harms)(Buffer.from(pick(frames)), random)]);
}

/** Sends it on a connection of its own, in up to three pieces; resolves when both sides have closed. */
export async function inflict(port: number, bytes: Buffer, random: Random): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close');
  const cuts = [0, below(bytes.length + 1, random), below(bytes.length + 1, random), bytes.length].sort(
    (a, b) => a - b,
  );
  for (let piece = 1; piece < cuts.length; piece += 1) socket.write(bytes.subarray(cuts[piece - 1], cuts[piece]));
  // Some go without a word.
  if (random() < 0.2) socket.on('connect', () => socket.resetAndDestroy());
  else socket.end();
  await closed;
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let flips = 1 + below(4, random); flips > 0; flips -= 1) {
    const at = below(copy.length, random);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8, random));
  }
  return copy;
}

function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => below(256, random)));
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}
