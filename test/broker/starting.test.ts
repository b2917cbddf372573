import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

describe('starting and stopping', () => {
  it('a port that is taken is named', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    const second = startBroker({ port: broker.port, store: ':memory:' });
    await expect(second).rejects.toMatchObject({ code: 'broker.port-taken', fields: { port: broker.port } });
  });

  it('an address of another machine is refused', async () => {
    const broker = startBroker({ host: '192.0.2.1', port: 0, store: ':memory:' });
    await expect(broker).rejects.toMatchObject({ code: 'broker.address-refused' });
  });

  it('a store belongs to one broker', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker({ port: 0, store: folder.path });
    const second = startBroker({ port: 0, store: folder.path });
    await expect(second).rejects.toMatchObject({ code: 'broker.store-locked' });
    await broker.stop();
    await using third = await startBroker({ port: 0, store: folder.path });
    await using peer = await Peer.connect(third.port);
    await peer.put('/queue/a', 'x');
  });

  it('a port that is taken does not keep the store locked', async () => {
    await using folder = await temporaryFolder();
    await using other = await startBroker({ port: 0, store: ':memory:' });
    await expect(startBroker({ port: other.port, store: folder.path })).rejects.toThrow();
    await using broker = await startBroker({ port: 0, store: folder.path });
    expect(broker.port).toBeGreaterThan(0);
  });

  it('a store of another format is refused', async () => {
    await using folder = await temporaryFolder();
    await (await startBroker({ port: 0, store: folder.path })).stop();
    const database = new DatabaseSync(join(folder.path, 'broker.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    const broker = startBroker({ port: 0, store: folder.path });
    await expect(broker).rejects.toMatchObject({ code: 'broker.store-format', fields: { found: 99 } });
  });

  it('a file that is no store is left alone', async () => {
    await using folder = await temporaryFolder();
    await writeFile(
      join(folder.path, 'broker.sqlite'),
      'something else that is longer than a header of SQLite'.repeat(9),
    );
    const broker = startBroker({ port: 0, store: folder.path });
    await expect(broker).rejects.toMatchObject({ code: 'broker.store-unusable' });
  });

  it('stopping tells the clients, keeps what they sent, and may be done twice', async () => {
    await using folder = await temporaryFolder();
    const broker = await startBroker({ port: 0, store: folder.path });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/a', '1');
    await Promise.all([broker.stop(), broker.stop()]);
    expect((await peer.error()).headers['code']).toBe('broker.stopping');
    await peer.ended;
    await using second = await startBroker({ port: 0, store: folder.path });
    await using after = await Peer.connect(second.port);
    await after.subscribe('/queue/a');
    expect(texts(await after.messages(1))).toEqual(['1']);
  });

  it('a broker process that is asked to end does so', async () => {
    await using broker = await startBrokerProcess();
    await using peer = await Peer.connect(broker.port);
    await peer.subscribe('/queue/a');
    await broker.kill('SIGTERM');
    await peer.ended;
  });

  it('login and passcode, when they are set, are asked for', async () => {
    const login = { login: 'beamline', passcode: 'secret' };
    await using broker = await startBroker({ port: 0, store: ':memory:', users: [login] });
    await using peer = await Peer.connect(broker.port, login);
    await peer.put('/queue/a', 'x');
    for (const wrong of [{}, { ...login, passcode: 'guess' }, { ...login, login: 'other' }]) {
      await expect(Peer.connect(broker.port, wrong)).rejects.toThrow('was refused');
    }
  });
});
