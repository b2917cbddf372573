/** What is used of stompit 1.0, which brings no types. */
declare module 'stompit' {
  import type { Readable, Writable } from 'node:stream';

  export interface IncomingFrame extends Readable {
    readonly headers: Readonly<Record<string, string>>;
  }

  export interface SendOptions {
    readonly onReceipt?: () => void;
    readonly onError?: (error: Error) => void;
  }

  export interface Transaction {
    readonly id: number;
    send(headers: Record<string, string>, options?: SendOptions): Writable;
    abort(options?: SendOptions): void;
    commit(options?: SendOptions): void;
  }

  export interface Client {
    on(event: 'error', listener: (error: Error) => void): this;
    getTransportSocket(): import('node:net').Socket;
    begin(): Transaction;
    send(headers: Record<string, string>, options?: SendOptions): Writable;
    subscribe(
      headers: Record<string, string>,
      onMessage: (error: Error | null, message: IncomingFrame) => void,
    ): { unsubscribe(): void };
    ack(message: IncomingFrame, headers?: Record<string, unknown>): void;
    nack(message: IncomingFrame, headers?: Record<string, unknown>): void;
    disconnect(callback?: (error: Error | null) => void): void;
    destroy(error?: Error): void;
  }

  const stompit: {
    connect(
      options: {
        readonly host: string;
        readonly port: number;
        readonly connectHeaders?: Record<string, string>;
        readonly maxLineLength?: number;
      },
      listener: (error: Error | null, client: Client) => void,
    ): Client;
  };
  export default stompit;
}
