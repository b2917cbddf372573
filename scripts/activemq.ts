/**
 * `npm run activemq [-- --port N] [--data DIR]`: ActiveMQ from Debian's packages with Baton's configuration, until Ctrl-C.
 * Without `--data` its messages live in a scratch folder and go with it.
 */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startActiveMQ, type ActiveMQ } from './activemq-broker.ts';

const usage = 'Usage: npm run activemq [-- --port N] [--data DIR]';

const { port, data } = readArguments();
const folder = data ?? scratchFolder();
const broker = await start();
console.log(`ActiveMQ is ready on ${broker.address} and keeps its data in ${folder}. Ctrl-C stops it.`);
console.log(`Use it: npx baton up --broker ${broker.address}`);
const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const why = await Promise.race([asked.then(() => 'asked'), broker.ended.then(() => 'ended by itself')]);
if (why !== 'asked')
  stop(`ActiveMQ has ${why}. What it said last stands in activemq.log in the folder named with --data.`);
await broker.kill();

function readArguments(): { port: number; data: string | undefined } {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string', default: '61613' }, data: { type: 'string' } } });
    const number = Number(values.port);
    if (!Number.isInteger(number) || number < 0 || number > 65535) throw new Error(`--port ${values.port} is no port.`);
    return { port: number, data: values.data };
  } catch (error) {
    return stop(`${(error as Error).message}\n${usage}`);
  }
}

function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-activemq-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(): Promise<ActiveMQ> {
  try {
    mkdirSync(folder, { recursive: true });
    const log = createWriteStream(join(folder, 'activemq.log'), { flags: 'a' });
    return await startActiveMQ({ folder, port, heap: '1g', onLine: (line) => log.write(`${line}\n`) });
  } catch (error) {
    return stop((error as Error).message);
  }
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
