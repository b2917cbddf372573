import { describe, expect, it } from 'vitest';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { Peer, texts } from './peer.ts';

const ROUNDS = 4;

/** What the clients know when the broker is killed under them. */
class Books {
  readonly confirmed = new Set<string>();
  readonly acknowledged = new Set<string>();
}

describe('a broker that is killed at random', () => {
  it('has every confirmed message exactly once, and none that was acknowledged', async () => {
    await using broker = await startBrokerProcess();
    const books = new Books();
    for (let round = 0; round < ROUNDS; round += 1) {
      const sender = send(broker.port, round, books);
      const forwarder = forward(broker.port, books);
      // The moment is random in what the broker is doing, not in time: some number of confirmations from now.
      await until(() => books.confirmed.size >= 40 * (round + 1) + Math.floor(Math.random() * 60));
      await broker.kill('SIGKILL');
      await Promise.all([sender, forwarder]);
      await broker.restart();
    }
    const found = [...(await drain(broker.port, '/queue/in')), ...(await drain(broker.port, '/queue/out'))];
    const bodies = new Set(found);
    expect(found.length).toBe(bodies.size);
    // A message is in one of the queues; one whose forwarding was confirmed is in the second only.
    expect([...books.confirmed].filter((body) => !bodies.has(body) && !bodies.has(`${body} forwarded`))).toEqual([]);
    expect([...books.acknowledged].filter((body) => bodies.has(body))).toEqual([]);
    expect([...books.acknowledged].filter((body) => !bodies.has(`${body} forwarded`))).toEqual([]);
    expect(
      found.filter((body) => body.endsWith(' forwarded') && bodies.has(body.split(' forwarded')[0] ?? '')),
    ).toEqual([]);
  });
});

/** Sends one message after the other, each confirmed before the next, until the connection breaks. */
async function send(port: number, round: number, books: Books): Promise<void> {
  await using peer = await Peer.connect(port);
  for (let index = 0; ; index += 1) {
    const body = `${String(round)}/${String(index)}`;
    const transaction = `t${body}`;
    try {
      if (index % 3 === 0) {
        peer.send('BEGIN', { transaction });
        peer.send('SEND', { destination: '/queue/in', transaction }, body);
        await peer.ask('COMMIT', { transaction });
      } else await peer.put('/queue/in', body);
      books.confirmed.add(body);
    } catch {
      return;
    }
  }
}

/** Acknowledges and forwards in one transaction what comes, until the connection breaks. */
async function forward(port: number, books: Books): Promise<void> {
  await using peer = await Peer.connect(port);
  try {
    await peer.subscribe('/queue/in', { 'activemq.prefetchSize': '10' });
    for (let index = 0; ; index += 1) {
      const { headers, body } = await peer.message();
      const transaction = String(index);
      peer.send('BEGIN', { transaction });
      peer.send('ACK', { id: headers['ack'] ?? '', transaction });
      peer.send('SEND', { destination: '/queue/out', transaction }, `${body.toString()} forwarded`);
      await peer.ask('COMMIT', { transaction });
      books.acknowledged.add(body.toString());
    }
  } catch {
    return;
  }
}

async function drain(port: number, destination: string): Promise<string[]> {
  await using peer = await Peer.connect(port);
  await peer.subscribe(destination, { ack: 'auto', 'activemq.prefetchSize': '100000' });
  return texts(await peer.waiting());
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
