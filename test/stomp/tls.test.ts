import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker, type BrokerOptions } from '../../src/broker/broker.ts';
import type { BrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ, type TestActiveMQ } from '../fixtures/activemq.ts';
import { freePort } from '../fixtures/free-port.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { hurried, withCode } from './sessions.ts';

const file = (name: string): string => join(import.meta.dirname, '../fixtures', `localhost-${name}.pem`);
const ca = file('cert');
const cert = readFileSync(ca, 'utf8');
const key = readFileSync(file('key'), 'utf8');
const expired = readFileSync(file('expired-cert'), 'utf8');

describe('over TLS', () => {
  test('messages of any size come and go, and heart-beats keep the connection', async () => {
    await using broker = await serve({ key, cert });
    await using client = clientOf(broker.port, { ca }, { send: 20, receive: 20 });
    await client.start();
    await exerciseBody(client);
    expect(client.epoch).toBe(1);
  });

  test('a broker that shows a certificate nobody trusted has signed is refused', async () => {
    await using broker = await serve({ key, cert });
    await expectNoTls(clientOf(broker.port, {}), /signed by nobody who is trusted here.*\?ca=FILE/);
  });

  test('a broker of another name than its certificate is refused, unless the address says which', async () => {
    await using broker = await serve({ key, cert });
    const elsewhere = { ca, name: 'broker.example' };
    await expectNoTls(
      clientOf(broker.port, elsewhere),
      /its certificate is for DNS:localhost, IP Address:127.0.0.1, not for broker.example/,
    );
    await using client = clientOf(broker.port, { ca, name: 'localhost' });
    await client.start();
  });

  test('a broker whose certificate has expired is refused', async () => {
    await using broker = await serve({ key, cert: expired });
    await expectNoTls(clientOf(broker.port, { ca: file('expired-cert') }), /its certificate has expired/);
  });

  test.each([
    ['that is not there', '/nowhere/ca.pem', /ca= names cannot be read: ENOENT/],
    ['that holds something else', file('key'), /signed by nobody|hold no certificates/],
  ])('a file %s is told', async (_what, ca, reason) => {
    await using broker = await serve({ key, cert });
    await expectNoTls(clientOf(broker.port, { ca }), reason);
  });

  test('a key that does not fit the certificate is told', async () => {
    await using broker = await serve({ key, cert });
    await expectNoTls(clientOf(broker.port, { ca, cert: ca, key: ca }), /hold no certificates and key in PEM/);
  });

  test('once connected, a renewed certificate needs no restart, and a wrong one is tried until it is right', async () => {
    await using folder = await temporaryFolder();
    const trusted = join(folder.path, 'ca.pem');
    await copyFile(ca, trusted);
    const first = await serve({ key, cert });
    const { port } = first;
    await using client = clientOf(port, { ca: trusted });
    await client.start();
    await first.stop();
    const refusal = client.events.once('error', ({ error }) => error.code === 'stomp.untrusted');
    const back = client.events.once('connected');
    const wrong = await serve({ key, cert: expired }, port);
    await refusal;
    await wrong.stop();
    await using _right = await serve({ key, cert }, port);
    expect((await back).epoch).toBe(2);
  });
});

describe('a broker that asks for a certificate', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('gets it, or is told of, over %s', async (version) => {
    const server = createServer(
      { key, cert, ca: cert, requestCert: true, minVersion: version, maxVersion: version },
      (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.write('CONNECTED\nversion:1.2\n\n\0');
          socket.once('data', () => socket.end());
        });
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await expectNoTls(clientOf(port, { ca }), /it asks for another certificate of this side/);
      const client = clientOf(port, { ca, cert: ca, key: file('key') });
      await client.start();
      await client.stop();
    } finally {
      server.close();
    }
  });
});

describe('TLS on one side only', () => {
  test('is told by who speaks it', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await expectStartFails(clientOf(broker.port, { ca }), 'stomp.other-protocol', /speaks no TLS: .*stomp:\/\//);
  });

  test('is told by who does not', async () => {
    await using broker = await serve({ key, cert });
    await using client = clientOf(broker.port, undefined);
    const failure = client.events.once('error');
    const starting = expect(client.start()).rejects.toEqual(withCode('stomp.stopped'));
    expect((await failure).error.message).toMatch(/perhaps it speaks TLS \(stomp\+ssl:\/\/\)/);
    await client.stop();
    await starting;
  });

  test('is told of a broker that waits for more', async () => {
    const silent = createPlainServer((socket) => socket.resume().on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port, tls: { ca }, prefix: '' };
    await using client = new Client({ address, name: 'test', clock: hurried });
    const failure = client.events.once('error');
    const starting = expect(client.start()).rejects.toEqual(withCode('stomp.stopped'));
    expect((await failure).error.message).toMatch(/no answer .* perhaps it does not speak TLS/);
    await client.stop();
    await starting;
    silent.close();
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('ActiveMQ over TLS', () => {
  let broker: TestActiveMQ;
  let ports: readonly number[];
  beforeAll(async () => {
    const store = 'Store="file:' + join(import.meta.dirname, '../fixtures/localhost.p12') + '" ';
    const stores = ['key', 'trust'].map((which) => `${which}${store} ${which}StorePassword="localhost"`);
    ports = [await freePort(), await freePort(), await freePort()];
    const uris = [
      `stomp+ssl://127.0.0.1:${String(ports[0])}`,
      `stomp+nio+ssl://127.0.0.1:${String(ports[1])}`,
      `stomp+ssl://127.0.0.1:${String(ports[2])}?needClientAuth=true`,
    ];
    broker = await startActiveMQ({
      sslContext: `<sslContext><sslContext ${stores.join(' ')}/></sslContext>`,
      connectors: uris.map((uri) => `<transportConnector uri="${uri}"/>`).join(''),
    });
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());

  test.each([
    ['stomp+ssl', 0, { ca }],
    ['stomp+nio+ssl', 1, { ca }],
    ['stomp+ssl, when it asks for a certificate,', 2, { ca, cert: ca, key: file('key') }],
  ])('by %s takes and gives messages of any size', async (_scheme, index, tls) => {
    await using client = clientOf(ports[index] ?? 0, tls);
    await client.start();
    await exerciseBody(client);
  });

  test('that asks for a certificate, and whom nobody trusts, is told of', async () => {
    await expectNoTls(clientOf(ports[2] ?? 0, { ca }), /it asks for another certificate of this side/);
    await expectNoTls(clientOf(ports[0] ?? 0, {}), /signed by nobody who is trusted here/);
  });

  test('tells who speaks without that it does', async () => {
    await expectStartFails(clientOf(ports[0] ?? 0, undefined), 'stomp.other-protocol', /speaks TLS: .*stomp\+ssl/);
  });
});

async function serve(
  tls: NonNullable<BrokerOptions['tls']>,
  port = 0,
): Promise<Awaited<ReturnType<typeof startBroker>>> {
  return await startBroker({ port, store: ':memory:', tls });
}

function clientOf(port: number, tls: BrokerAddress['tls'], heartBeat = { send: 10_000, receive: 5_000 }): Client {
  const address = { host: '127.0.0.1', port, prefix: '', ...(tls && { tls }) };
  const backoff = { delay: 0.01, factor: 1, maxDelay: 0.01 };
  return new Client({ address, name: 'test', backoff, heartBeat });
}

async function exerciseBody(client: Client): Promise<void> {
  const body = Buffer.alloc(3_000_000, 'x');
  const delivered = Promise.withResolvers<Delivery>();
  await client.subscribe({ destination: '/temp-queue/a', ack: 'auto' }, delivered.resolve);
  await client.send({ destination: '/temp-queue/a', body });
  expect((await delivered.promise).body.equals(body)).toBe(true);
}

async function expectNoTls(client: Client, reason: RegExp): Promise<void> {
  await expectStartFails(client, 'stomp.untrusted', reason);
}

async function expectStartFails(client: Client, code: string, reason: RegExp): Promise<void> {
  const failure: unknown = await client.start().catch((error: unknown) => error);
  await client.stop();
  expect(failure).toMatchObject({ code, message: expect.stringMatching(reason) as string });
}
