import { join } from 'node:path';
import { startBroker, type BrokerOptions } from '../broker/broker.ts';
import { defaultBrokerLimits } from '../broker/limits.ts';
import type { Config } from '../config/config.ts';
import { readPasscode, readSecret } from '../config/secret.ts';
import type { Log } from '../core/log.ts';
import type { RunningPart } from '../services/attend.ts';

/** Starts the embedded broker of this configuration. Rejects as `startBroker` does, and with `config.secret-unusable`. */
export async function startBrokerPart(config: Config, log: Log): Promise<RunningPart> {
  const broker = await startBroker({ ...(await brokerOptions(config)), log });
  return { details: { port: broker.port }, stop: async () => broker.stop() };
}

async function brokerOptions({ broker, store }: Config): Promise<BrokerOptions> {
  const { host, port, users, tls, limits } = broker;
  const { bodyBytes = defaultBrokerLimits.frame.bodyBytes, ...others } = limits;
  return {
    host,
    port,
    store: join(store, 'broker'),
    ...(users && { users: await Promise.all(Object.entries(users).map(readUser)) }),
    ...(tls && { tls: await readTls(tls) }),
    limits: { ...others, frame: { ...defaultBrokerLimits.frame, bodyBytes } },
  };
}

type Broker = Config['broker'];

async function readUser([login, { passcodeFile, may }]: [string, NonNullable<Broker['users']>[string]]) {
  const passcode = await readPasscode(`broker.users.${login}.passcodeFile`, passcodeFile);
  return { login, passcode, ...(may && { may }) };
}

async function readTls({ key, cert }: NonNullable<Broker['tls']>) {
  return { key: await readSecret('broker.tls.key', key), cert: await readSecret('broker.tls.cert', cert) };
}
