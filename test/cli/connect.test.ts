import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from '../../src/cli/connect.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ScriptedBroker } from '../stomp/scripted-broker.ts';
import { withCode } from '../stomp/sessions.ts';

test('a command reaches the second of two brokers in time when the first says nothing', async () => {
  await using silent = await silentServer();
  await using broker = await ScriptedBroker.listen();
  const connecting = connect(await configOf(silent.port, broker.address.port), 'test', 1);
  await broker.logIn();
  await using client = await connecting;
  expect(client.isConnected).toBe(true);
});

test('a command that reaches none tells of the one that refused rather than of the one that was not there', async () => {
  await using silent = await silentServer();
  await using broker = await ScriptedBroker.listen();
  const connecting = expect(connect(await configOf(broker.address.port, silent.port), 'test', 1)).rejects.toEqual(
    withCode('stomp.login'),
  );
  (await broker.accept()).write('ERROR\nmessage:wrong passcode\n\n\0');
  await connecting;
});

async function configOf(...ports: number[]): ReturnType<typeof loadConfig> {
  const broker = ports.map((port) => `stomp://127.0.0.1:${String(port)}`).join(',');
  return await loadConfig(undefined, { broker }, { shippedRecipes: '/recipes', workingFolder: '/' });
}

/** Takes connections and says nothing. */
async function silentServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.resume().on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
