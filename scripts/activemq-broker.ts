import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** What `startActiveMQ` needs to know. */
export interface ActiveMQOptions {
  /** Where the broker keeps its messages and its log; started again on the same folder it finds them. */
  readonly folder: string;
  /** The STOMP port; 0 takes a free one. */
  readonly port?: number;
  /** Another configuration than deploy/activemq/activemq.xml. */
  readonly configuration?: string;
  /** Heap of the Java process, as in `-Xmx`. */
  readonly heap?: string;
  /** Called with each line that the broker logs. */
  readonly onLine?: (line: string) => void;
}

/** A running ActiveMQ: one Java process with a STOMP port on loopback. Disposing of it stops it. */
export interface ActiveMQ extends AsyncDisposable {
  readonly port: number;
  /** Of the Java process. */
  readonly pid: number | undefined;
  /** `stomp://127.0.0.1:PORT`. */
  readonly address: string;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** Sends the signal and waits for the end of the process: SIGTERM stops it in good order, SIGKILL is a crash. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The command that installs what is needed here, for sentences that tell the user. */
export const installCommand = 'apt-get install -y activemq libxstream-java libjettison-java';

const home = '/usr/share/activemq';
const java = '/usr/bin/java';
const deployed = resolve(import.meta.dirname, '../deploy/activemq');

/** The libraries that the statistics and advisories need as JSON; without them they fail with NoClassDefFoundError. */
const jsonJars = ['/usr/share/java/xstream.jar', '/usr/share/java/jettison.jar', '/usr/share/java/xpp3.jar'];

/** True when Debian's packages of ActiveMQ are installed. */
export function activeMQInstalled(): boolean {
  return [java, join(home, 'bin/activemq.jar'), ...jsonJars].every((path) => existsSync(path));
}

/** Starts ActiveMQ with Baton's configuration; resolves when it accepts connections, rejects with its last words when it does not. */
export async function startActiveMQ(options: ActiveMQOptions): Promise<ActiveMQ> {
  if (!activeMQInstalled()) throw new Error(`ActiveMQ is not installed. Install it with: ${installCommand}`);
  const base = resolve(options.folder);
  await prepare(base);
  const child = spawn(java, javaArguments(base, options), { cwd: base, stdio: ['ignore', 'pipe', 'pipe'] });
  const dieTogether = (): void => void child.kill('SIGKILL');
  process.once('exit', dieTogether);
  const ended = once(child, 'close').then(() => void process.off('exit', dieTogether));
  const kill = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const port = await ready(child, options.onLine).catch(async (error: unknown) => {
    await kill('SIGKILL');
    throw error;
  });
  const address = `stomp://127.0.0.1:${String(port)}`;
  return { port, pid: child.pid, address, ended, kill, [Symbol.asyncDispose]: () => kill() };
}

async function prepare(base: string): Promise<void> {
  const libraries = join(base, 'lib');
  await rm(libraries, { recursive: true, force: true });
  await mkdir(libraries, { recursive: true });
  await mkdir(join(base, 'data'), { recursive: true });
  await Promise.all(jsonJars.map((jar) => symlink(jar, join(libraries, jar.slice(jar.lastIndexOf('/') + 1)))));
}

function javaArguments(base: string, options: ActiveMQOptions): string[] {
  const { port = 61613, heap = '512m', configuration = join(deployed, 'activemq.xml') } = options;
  const settings = {
    'log4j.configuration': `file:${deployed}/log4j.properties`,
    'activemq.home': home,
    'activemq.base': base,
    'activemq.conf': deployed,
    'activemq.data': join(base, 'data'),
    'baton.stomp.port': String(port),
    'baton.openwire.port': '0',
  };
  return [
    `-Xmx${heap}`,
    // Ready in 1.5 s instead of 5 to 10: one collector thread and no optimising compiler on two shared cores.
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
    '-jar',
    join(home, 'bin/activemq.jar'),
    'start',
    `xbean:file:${configuration}`,
  ];
}

/** The STOMP port, once the log says that the broker has started. */
async function ready(child: ChildProcess, onLine: (line: string) => void = () => undefined): Promise<number> {
  const { promise, resolve: started, reject } = Promise.withResolvers<number>();
  const lastLines: string[] = [];
  let port = 0;
  const read = (line: string): void => {
    onLine(line);
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    port = Number(/Listening for connections at: stomp:\/\/[^:]+:(\d+)/.exec(line)?.[1] ?? port);
    if (/Apache ActiveMQ .* started$/.test(line)) started(port);
    const refusal = refusalIn(line);
    if (refusal !== undefined) reject(new Error(refusal));
  };
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', read);
  child.once('error', reject);
  child.once('close', () => {
    reject(new Error(`ActiveMQ ended before it was ready. Its last lines:\n${lastLines.join('\n')}`));
  });
  return await promise;
}

/** Why the broker will never be ready, where it would only say so and go on waiting. */
function refusalIn(line: string): string | undefined {
  const taken = /Failed to bind to server socket: \w+:\/\/[^:]+:(\d+)/.exec(line)?.[1];
  if (taken !== undefined) return `ActiveMQ cannot listen on port ${taken}: another program does.`;
  const locked = /(?:Database|The database) (\S+) is locked/.exec(line)?.[1];
  if (locked !== undefined) return `ActiveMQ cannot open ${locked}: another broker runs on this folder.`;
  return undefined;
}
