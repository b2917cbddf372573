import type { BatonError } from '../core/errors.ts';

/** What a client tells of its connection. */
export interface ClientEvents {
  /** Logged in, and subscribed as before. */
  connected: { readonly epoch: number };
  /** The connection ended, or was stopped; what was delivered over it can no longer be settled. */
  disconnected: { readonly epoch: number; readonly reason: BatonError };
  /** An attempt to connect failed, or an ERROR frame came. */
  error: { readonly error: BatonError };
}
