import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to connections that go out (32 768 on Linux). */
const [lowest, highest] = [12_000, 32_000] as const;

/**
 * A loopback port that nothing listens on, and that no connection is given: whoever is killed while it listens there finds
 * it free when it comes back. (Of ports from the other range one was taken, in some 2 000 deaths.)
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isFree) await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}
