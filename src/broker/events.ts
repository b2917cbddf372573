/** What the broker tells its process: log, metrics and tests listen to these. */
export interface BrokerEvents {
  /** A client sent CONNECT and was accepted. */
  connected: { readonly session: string; readonly peer: string };
  /** A connection ended, for this reason; what it had not acknowledged is delivered again. */
  disconnected: { readonly session: string; readonly peer: string; readonly reason: string };
  /** A client was sent an ERROR frame, and its connection is being closed. */
  refused: { readonly session: string; readonly peer: string; readonly code: string; readonly message: string };
  /** A connection could not be accepted, as when the process has no file descriptor left. */
  notAccepted: { readonly reason: string };
  /** A message went to the dead-letter queue. */
  deadLettered: { readonly queue: string; readonly reason: 'nack' | 'expired' };
  /** A subscriber of a topic reads too slowly: its oldest message was dropped. */
  dropped: { readonly topic: string; readonly session: string };
  /** There was no room for what a client sent, for so long that it was slowed: it waits, and is not read from. */
  slowed: { readonly session: string; readonly peer: string; readonly reason: string };
  /** The store refused to write (a full disk), and the sender has waited in vain: it was told. */
  storeFailed: { readonly reason: string };
  /** All is closed; the store is free for another broker. */
  stopped: object;
}
