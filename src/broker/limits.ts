import { defaultLimits, type FrameLimits } from '../stomp/frame.ts';

/** What the broker accepts before it says no. */
export interface BrokerLimits {
  /** Of each frame received. */
  readonly frame: FrameLimits;
  /** Open at the same time. */
  readonly connections: number;
  /** Size of the store on disk. Who sends more waits for room as on a full disk, and who only sends already before it. */
  readonly storeBytes: number;
  /** Of the disk, kept for acknowledgements when it is full; 0 for none. */
  readonly reserveBytes: number;
  /** Of the bodies of waiting messages in memory; the others are read from the store when they are delivered. */
  readonly cacheBytes: number;
  /** Written to one connection and not yet taken by its peer: beyond it nothing more is delivered to it for now. */
  readonly outputBytes: number;
  /** Of the messages of one open transaction. */
  readonly transactionBytes: number;
  /** Of all open transactions, temporary queues and slow subscribers of topics together. */
  readonly memoryBytes: number;
  /** Waiting for one temporary queue, or for one slow subscriber of a topic. */
  readonly temporaryBytes: number;
  /** So long a sender waits for room, on the disk or in memory, before it is told that there is none. */
  readonly roomMs: number;
  /** From accepting a connection to its CONNECT, and from the end of a session to the end of its socket. */
  readonly patienceMs: number;
}

export const defaultBrokerLimits: BrokerLimits = {
  frame: defaultLimits,
  connections: 1000,
  storeBytes: Infinity,
  // Half for what the log has and the file has not, half for what is then written to the log.
  reserveBytes: 64 * 1024 * 1024,
  cacheBytes: 32 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  transactionBytes: 256 * 1024 * 1024,
  memoryBytes: 512 * 1024 * 1024,
  temporaryBytes: 64 * 1024 * 1024,
  roomMs: 30_000,
  patienceMs: 30_000,
};

/**
 * Of what is allowed, for all. The rest is for those who give back what they take: a message that is acknowledged with what
 * comes of it, a transaction that has begun. Else those who only send would leave no room for those who make it.
 */
export const OPEN_TO_ALL = 7 / 8;
