import { createReadStream, existsSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** The built page, and behind it the interface of a monitor that runs elsewhere. */
export interface Front extends AsyncDisposable {
  readonly address: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves the page of this folder, and asks the monitor whatever the page asks for. */
export async function startFront(folder: string, monitor: string): Promise<Front> {
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '/';
    if (path.startsWith('/api/')) {
      const { port } = new URL(monitor);
      const asking = request({ host: '127.0.0.1', port, path, headers: asked.headers, agent: false }, (told) => {
        answer.writeHead(told.statusCode ?? 502, told.headers);
        told.pipe(answer);
      });
      asking.on('error', () => answer.destroy());
      answer.once('close', () => asking.destroy());
      asking.end();
      return;
    }
    const file = join(folder, new URL(path, monitor).pathname);
    const shown = extname(file) !== '' && existsSync(file) ? file : join(folder, 'index.html');
    answer.setHeader('content-type', types[extname(shown)] ?? 'application/octet-stream');
    createReadStream(shown).pipe(answer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
