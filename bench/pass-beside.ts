import { setTimeout } from 'node:timers/promises';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { loadMessages, standardLoad } from './load.ts';
import { startPassing } from './passing.ts';

/** Milliseconds from one look at what is due to the next. */
const pace = 10;
/** Messages sent at a time: when the machine was busy with others, what is late comes bit by bit. */
const most = 100;

/** Sends so many messages a second through a process with the pass-through service, evenly, until it is disposed of. */
export async function passBeside(address: string, stepsPerSecond: number): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const load = { ...standardLoad, messages: 0 };
  const folder = stack.use(await temporaryFolder());
  const client = stack.use(new Client({ address: parseBrokerAddress(address), name: 'bench load' }));
  await client.start();
  stack.use(await startPassing(address, folder.path, load));
  const ending = new AbortController();
  const feeding = (async () => {
    let sent = 0;
    for (const began = performance.now(); !ending.signal.aborted; await setTimeout(pace)) {
      const due = Math.floor(((performance.now() - began) / 1000) * stepsPerSecond);
      const next = Math.min(due - sent, most);
      if (next > 0) await client.transact({ ack: [], send: loadMessages(client, load, next) });
      sent += next;
    }
  })();
  // Why it failed is told where it is waited for.
  feeding.catch(() => undefined);
  stack.defer(async () => {
    ending.abort();
    await feeding;
  });
  const running = stack.move();
  return { [Symbol.asyncDispose]: async () => running.disposeAsync() };
}
