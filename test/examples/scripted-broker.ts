import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A peer that answers frames as a script says: for what no broker of good manners would send. */
export interface ScriptedBroker extends AsyncDisposable {
  readonly port: number;
  /** All frames received, without their final NUL byte. */
  readonly received: readonly string[];
}

/** `answer` is called with each frame received and returns the bytes to send back, each string in a write of its own. */
export async function scriptedBroker(answer: (frame: string) => readonly string[]): Promise<ScriptedBroker> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.setNoDelay().on('error', () => undefined));
    let pending = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const frames = (pending + chunk).split('\0');
      pending = frames.pop() ?? '';
      for (const text of frames) {
        const frame = text.trimStart();
        received.push(frame);
        for (const bytes of answer(frame)) socket.write(bytes);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The value of a header in the text of a frame. */
export function headerIn(frame: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(frame)?.[1] ?? '';
}
