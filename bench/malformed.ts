/**
 * What malformed frames do to the embedded broker: `node bench/malformed.ts [frames] [seed]`, a million when not given. Each
 * comes on a connection of its own, many at a time, while a bystander sends messages to itself. Prints what the broker has left
 * behind: file descriptors and memory before and after; and the longest time that the bystander waited.
 */
import { readdir } from 'node:fs/promises';
import { seeded } from '../chaos/random.ts';
import { inflict, malformed } from '../test/broker/malformed.ts';
import { Peer } from '../test/broker/peer.ts';
import { startBrokerProcess } from '../test/fixtures/broker-process.ts';
import { residentMegabytes } from './process-facts.ts';

const [count, seed] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Date.now())];
const AT_A_TIME = 50;

await using broker = await startBrokerProcess();
let crashed = false;
void broker.ended.then(() => (crashed = true));
const random = seeded(seed);
// Memory is compared after what a process takes once, and no more.
await storm(Math.min(count, 20_000));
const before = await facts();
const done = new AbortController();
const bystander = stand(done.signal);
const start = performance.now();
await storm(count);
const seconds = Math.round((performance.now() - start) / 1000);
done.abort();
const { messages, longestMs } = await bystander;
console.log(
  JSON.stringify({ frames: count, seed, seconds, crashed, before, after: await facts(), messages, longestMs }),
);

async function storm(frames: number): Promise<void> {
  let left = frames;
  const one = async (): Promise<void> => {
    while (left > 0 && !crashed) {
      left -= 1;
      await inflict(broker.port, malformed(random), random);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

/** Sends messages to itself, each after the one before has come and was acknowledged. */
async function stand(signal: AbortSignal): Promise<{ readonly messages: number; readonly longestMs: number }> {
  await using peer = await Peer.connect(broker.port);
  await peer.subscribe('/queue/bystander');
  let [messages, longestMs] = [0, 0];
  for (; !signal.aborted; messages += 1) {
    const sent = performance.now();
    await peer.put('/queue/bystander', String(messages));
    const message = await peer.message();
    if (message.body.toString() !== String(messages)) throw new Error(`message ${String(messages)} is not what came`);
    await peer.settle(message);
    longestMs = Math.max(longestMs, Math.round(performance.now() - sent));
  }
  return { messages, longestMs };
}

async function facts(): Promise<{ readonly files: number; readonly megabytes: number }> {
  // All connections that the clients have closed are closed here too.
  await using peer = await Peer.connect(broker.port);
  await peer.ask('DISCONNECT');
  const files = (await readdir(`/proc/${String(broker.pid)}/fd`)).length;
  return { files, megabytes: await residentMegabytes(broker.pid) };
}
