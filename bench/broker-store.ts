import { Peer } from '../test/broker/peer.ts';
import { startBrokerProcess, type BrokerProcess } from '../test/fixtures/broker-process.ts';
import { folderBytes } from './folder-bytes.ts';
import { fill, forwardingRate } from './forwarding.ts';
import { nodeOptions } from './load.ts';
import { residentMegabytes } from './process-facts.ts';

/** What the embedded broker's store takes in and gives out, by a client that costs as little as possible. Messages have 1.5 kB. */
export interface BrokerStore {
  /** Into an empty broker, a receipt for each thousand. */
  readonly storedPerSecond: number;
  /** Messages with a receipt each, which is a commit to the disk: by one connection that waits for it, and by many that share commits. */
  readonly commitsPerSecond: { readonly oneConnection: number; readonly manyConnections: number };
  /** Acknowledged and forwarded per second, 50 in a transaction, where nothing else waits. */
  readonly drainedPerSecond: number;
  readonly backlog: Backlog;
}

/** The same with so many messages waiting. */
export interface Backlog {
  readonly messages: number;
  readonly storedPerSecond: number;
  readonly drainedPerSecond: number;
  /** Of `drainedPerSecond` without a backlog. */
  readonly drainRatio: number;
  readonly megabytes: number;
  readonly fileBytesPerMessage: number;
  /** From the start of its process to its open port, after SIGKILL. */
  readonly restartSeconds: number;
  readonly megabytesAfterRestart: number;
}

export interface BrokerStoreAmounts {
  readonly messages: number;
  readonly rounds: number;
  readonly commits: number;
  readonly connections: number;
  readonly backlog: number;
}

/** Measures a broker that is empty and one with a backlog in turn; the best of the rounds counts. */
export async function brokerStore(amounts: BrokerStoreAmounts): Promise<BrokerStore> {
  await using full = await startBrokerProcess({ nodeOptions });
  await using empty = await startBrokerProcess({ nodeOptions });
  const { messages, rounds, commits, connections } = amounts;
  const filled = await withBacklog(full, amounts.backlog);
  let [stored, drained, drainedOfBacklog] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const destination = `/queue/bench.round-${String(round)}`;
    stored = Math.max(stored, await fill(empty.port, messages, () => ({ destination })));
    drained = Math.max(drained, await forwardingRate(empty.port, destination, messages));
    drainedOfBacklog = Math.max(drainedOfBacklog, await forwardingRate(full.port, backlogQueue, messages));
  }
  return {
    storedPerSecond: stored,
    commitsPerSecond: {
      oneConnection: await commitRate(empty.port, 1, commits),
      manyConnections: await commitRate(empty.port, connections, commits),
    },
    drainedPerSecond: drained,
    backlog: {
      ...filled,
      drainedPerSecond: drainedOfBacklog,
      drainRatio: Number((drainedOfBacklog / drained).toFixed(2)),
    },
  };
}

const backlogQueue = '/queue/bench.backlog';

/** Fills the broker, kills it, and starts it again. */
async function withBacklog(
  broker: BrokerProcess,
  messages: number,
): Promise<Omit<Backlog, 'drainedPerSecond' | 'drainRatio'>> {
  const before = await folderBytes(broker.store);
  const storedPerSecond = await fill(broker.port, messages, () => ({ destination: backlogQueue }));
  const bytes = (await folderBytes(broker.store)) - before;
  const megabytes = await residentMegabytes(broker.pid);
  await broker.kill('SIGKILL');
  const killed = performance.now();
  await broker.restart();
  const restartSeconds = Number(((performance.now() - killed) / 1000).toFixed(2));
  return {
    messages,
    storedPerSecond,
    megabytes,
    fileBytesPerMessage: Math.round(bytes / messages),
    restartSeconds,
    megabytesAfterRestart: await residentMegabytes(broker.pid),
  };
}

async function commitRate(port: number, connections: number, commits: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const peers: Peer[] = [];
  while (peers.length < connections) peers.push(stack.use(await Peer.connect(port)));
  const each = Math.ceil(commits / connections);
  const body = Buffer.alloc(1500, 'x');
  const began = performance.now();
  await Promise.all(
    peers.map(async (peer) => {
      for (let sent = 0; sent < each; sent += 1) await peer.put('/queue/bench.commits', body);
    }),
  );
  return Math.round((each * connections) / ((performance.now() - began) / 1000));
}
