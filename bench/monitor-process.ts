import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startBrokerProcess } from '../test/fixtures/broker-process.ts';
import { freePort } from '../test/fixtures/free-port.ts';

/** Ledger and status page in a process of their own, with an embedded broker in another. */
export interface MonitorProcess extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** `stomp://127.0.0.1:PORT` */
  readonly broker: string;
}

/** Starts it on the store of this folder, whose `ledger` may hold a ledger; `webRoot` has the built page, if it is to be shown. */
export async function startMonitorProcess(store: string, webRoot?: string): Promise<MonitorProcess> {
  await using starting = new AsyncDisposableStack();
  const broker = starting.use(await startBrokerProcess());
  const port = await freePort();
  const main = fileURLToPath(new URL('monitor-main.ts', import.meta.url));
  const child = fork(main, [store, broker.address(), String(port), ...(webRoot === undefined ? [] : [webRoot])]);
  starting.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  });
  const ended = once(child, 'close').then(() => Promise.reject(new Error('The monitor ended before it was ready.')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  const running = starting.move();
  return {
    ...{ port, pid: child.pid ?? 0, broker: broker.address() },
    [Symbol.asyncDispose]: async () => running.disposeAsync(),
  };
}
