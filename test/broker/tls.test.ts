import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { Peer, texts } from './peer.ts';

const pem = (name: string): string =>
  readFileSync(new URL(`../fixtures/localhost-${name}.pem`, import.meta.url), 'utf8');
const tls = { key: pem('key'), cert: pem('cert') };

describe('a broker over TLS', () => {
  it('serves as any other', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', tls });
    await using peer = await Peer.accepted(await Peer.openSecure(broker.port, tls.cert));
    const bodies = Array.from({ length: 200 }, (_, index) => String(index).padEnd(10_000, 'x'));
    for (const body of bodies) await peer.put('/queue/a', body);
    await peer.subscribe('/queue/a', { ack: 'auto' });
    expect(texts(await peer.messages(bodies.length))).toEqual(bodies);
  });

  it('says why it ends a connection, there too', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', tls });
    await using peer = await Peer.accepted(await Peer.openSecure(broker.port, tls.cert));
    peer.send('ACK', { id: 'nothing' });
    expect((await peer.error()).headers['code']).toBe('broker.delivery-unknown');
    await peer.ended;
  });

  it('closes on who speaks without, and goes on', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', tls });
    const told = broker.events.once('notAccepted');
    await using plain = await Peer.open(broker.port);
    plain.send('CONNECT', { 'accept-version': '1.2' });
    await plain.ended;
    await told;
    await using peer = await Peer.accepted(await Peer.openSecure(broker.port, tls.cert));
    await peer.put('/queue/a', 'x');
  });

  it('stops while somebody has connected and said nothing', async () => {
    const broker = await startBroker({ port: 0, store: ':memory:', tls });
    await using silent = await Peer.open(broker.port);
    await using peer = await Peer.accepted(await Peer.openSecure(broker.port, tls.cert));
    await broker.stop();
    expect((await peer.error()).headers['code']).toBe('broker.stopping');
    await silent.ended;
  });

  it('does not start with what is no key', async () => {
    const broker = startBroker({ port: 0, store: ':memory:', tls: { key: 'x', cert: 'y' } });
    await expect(broker).rejects.toMatchObject({ code: 'broker.tls-unusable' });
  });
});
