import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, type IMessage, type IStompSocket } from '@stomp/stompjs';
import stompit, { type Client as StompitClient } from 'stompit';
import { describe, expect, it } from 'vitest';
import { python, stompPyAvailable } from '../fixtures/debian-programs.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

const run = promisify(execFile);

describe('stompit', () => {
  it('sends, receives and forwards in a transaction', async () => {
    await using broker = await startEmbeddedBroker();
    const client = await stompitClient(broker.port);
    const received = new Promise<string>((resolve, reject) => {
      client.subscribe({ destination: '/queue/in', ack: 'client-individual' }, (error, message) => {
        if (error) return reject(error);
        void text(message).then((body) => {
          const transaction = client.begin();
          client.ack(message, { transaction: transaction.id });
          transaction.send({ destination: '/queue/out' }).end(`${body} and back`);
          transaction.commit({ onError: reject });
        });
      });
      client.subscribe({ destination: '/queue/out', ack: 'auto' }, (error, message) => {
        if (error) reject(error);
        else void text(message).then(resolve);
      });
    });
    client.send({ destination: '/queue/in', persistent: 'true' }).end('there');
    expect(await received).toBe('there and back');
    await new Promise<void>((resolve) => client.disconnect(() => resolve()));
  });
});

describe('@stomp/stompjs', () => {
  it('sends, receives and forwards in a transaction, with heart-beats', async () => {
    await using broker = await startEmbeddedBroker();
    const client = new Client({
      webSocketFactory: () => socketOf(broker.port),
      heartbeatIncoming: 200,
      heartbeatOutgoing: 200,
      reconnectDelay: 0,
      forceBinaryWSFrames: true,
    });
    const connected = new Promise<void>((resolve) => (client.onConnect = () => resolve()));
    client.activate();
    await connected;
    const received = new Promise<IMessage>((resolve) => {
      client.subscribe('/queue/out', resolve, { ack: 'auto' });
      const forward = (message: IMessage): void => {
        const transaction = client.begin();
        message.ack({ transaction: transaction.id });
        client.publish({
          destination: '/queue/out',
          body: `${message.body} and back`,
          headers: { transaction: transaction.id },
        });
        transaction.commit();
      };
      client.subscribe('/queue/in', forward, { ack: 'client-individual' });
    });
    client.publish({ destination: '/queue/in', body: 'there', headers: { 'a:b': 'c\nd' } });
    expect((await received).body).toBe('there and back');
    await client.deactivate();
  });
});

requireOrSkip("Debian's python3-stomp", stompPyAvailable())('stomp.py', () => {
  it.each(['1.1', '1.2'])('works as a service of STOMP %s', async (version) => {
    await using broker = await startEmbeddedBroker();
    const script = fileURLToPath(new URL('stomp-py.py', import.meta.url));
    const { stdout } = await run(python, [script, String(broker.port), version], { timeout: 25_000 });
    expect(JSON.parse(stdout)).toEqual({
      taken: ['Grüße: ✓', 'a:b\nc'],
      done: { done: 'Grüße: ✓' },
      dead: ['refused', `/queue/py.${version}`],
      again: ['kept', 'true'],
      errors: 0,
    });
  });
});

async function stompitClient(port: number): Promise<StompitClient> {
  return await new Promise((resolve, reject) => {
    const connectHeaders = { host: '/', 'heart-beat': '0,0' };
    stompit.connect({ host: '127.0.0.1', port, connectHeaders }, (error, client) => {
      if (error) reject(error);
      else resolve(client);
    });
  });
}

/** TCP for a client that was written for WebSockets. */
function socketOf(port: number): IStompSocket {
  const socket = connect(port, '127.0.0.1');
  const adapter: IStompSocket = {
    url: `tcp://127.0.0.1:${String(port)}`,
    readyState: 0,
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: (data) => void socket.write(typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer)),
    close: () => void socket.end(),
  };
  socket.on('connect', () => {
    Object.assign(adapter, { readyState: 1 });
    adapter.onopen?.({});
  });
  socket.on('data', (chunk) => void adapter.onmessage?.({ data: new Uint8Array(chunk).buffer }));
  socket.on('close', () => {
    Object.assign(adapter, { readyState: 3 });
    adapter.onclose?.({ code: 1000, reason: '', wasClean: true });
  });
  return adapter;
}
