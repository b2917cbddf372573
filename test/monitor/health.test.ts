import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, batchOf, settled } from '../ledger/records.ts';
import { limitsWith, WatchBench } from './watch-bench.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

describe('the health of a site', () => {
  it('is in error as soon as the broker is killed, and well when it is back', async () => {
    await using broker = await startBrokerProcess();
    await using bench = await WatchBench.open({}, broker);
    await bench.until('broker', 'pass');
    await broker.kill('SIGKILL');
    const { message, advice } = await bench.until('broker', 'error');
    expect([message, advice]).toEqual([expect.stringMatching(/./), expect.stringContaining('Start the broker')]);
    await broker.restart();
    await bench.until('broker', 'pass');
  });

  it('tells a broker that hangs by the answer that does not come', async () => {
    await using broker = await startBrokerProcess();
    await using bench = await WatchBench.open(limitsWith('answerSeconds', { notice: 0.5, warning: 1 }), broker);
    await bench.until('broker', 'pass');
    process.kill(broker.pid, 'SIGSTOP');
    const { message } = await bench.until('broker', 'warning');
    process.kill(broker.pid, 'SIGCONT');
    expect(message).toMatch(/^The broker takes \d+\.\d s to answer/);
    await bench.until('broker', 'pass');
  });

  it('tells of messages that nobody reads, until somebody does', async () => {
    await using bench = await WatchBench.open(limitsWith('unreadSeconds', { warning: 0.2 }));
    await bench.send('work', 3);
    expect(await bench.until('queues', 'warning')).toMatchObject({
      message: 'Messages wait in queues that nobody reads: work (3).',
      see: '/#queue-work',
    });
    await bench.consume('work');
    await bench.until('queues', 'pass');
  });

  it('tells since when the oldest message waits, also where the queue is read', async () => {
    await using bench = await WatchBench.open(limitsWith('oldestSeconds', { notice: null, warning: 60 }));
    await bench.client.subscribe(
      { destination: bench.client.queue('work'), ack: 'client-individual', prefetch: 1 },
      () => undefined,
    );
    await bench.send('work', 3);
    await bench.watches.queueWatch.events.once('queues', ({ queues }) => queues.some(({ waiting }) => waiting === 2));
    bench.clock.forward(61_000);
    expect(await bench.until('oldest message', 'warning')).toMatchObject({ see: '/#queue-work' });
    await bench.consume('work');
    await bench.client.subscribe({ destination: bench.client.queue('work'), ack: 'auto' }, () => undefined);
    await bench.until('oldest message', 'pass');
  });

  it('tells of a service that was killed, over restarts of the monitor, until it is started again', async () => {
    await using bench = await WatchBench.open();
    const start = async () => {
      const args = [
        main,
        'service',
        'record-result',
        '--broker',
        bench.broker.address('site'),
        '--store',
        bench.folder,
      ];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      await bench.watches.heartbeats.events.once(
        'service',
        ({ host }) => host.endsWith(`.${String(child.pid)}`) || true,
      );
      return child;
    };
    const first = await start();
    await bench.until('services', 'pass');
    const pid = pidOf(bench);
    process.kill(pid, 'SIGKILL');
    first.kill('SIGKILL');
    await once(first, 'exit');
    bench.clock.forward(18_000);
    const lost = await bench.until('services', 'warning');
    expect(lost.message).toContain('Result recorder');
    await bench.stop();
    await bench.start();
    await bench.until('broker', 'pass');
    bench.clock.forward(18_000);
    const still = await bench.until('services', 'warning');
    expect([still.message, still.since]).toEqual([lost.message, lost.since]);

    const second = await start();
    await bench.until('services', 'pass');
    const ended = once(second, 'exit');
    second.kill('SIGTERM');
    await ended;
    bench.clock.forward(18_000);
    await bench.watches.healthWatch.events.once('health');
    expect(bench.checks.find(({ check }) => check === 'services')?.state).toBe('pass');
  });

  it('does not take services for lost that it could not hear', async () => {
    await using broker = await startBrokerProcess();
    await using bench = await WatchBench.open({}, broker);
    bench.service('a.1');
    await bench.until('services', 'pass');
    await broker.kill('SIGKILL');
    await bench.until('broker', 'error');
    bench.clock.forward(60_000);
    await bench.watches.healthWatch.events.once('health');
    expect(bench.checks.find(({ check }) => check === 'services')?.state).toBe('pass');
  });

  it('tells of another version, until it is gone', async () => {
    await using bench = await WatchBench.open();
    const old = bench.service('a.1', { version: '1.2.2' });
    expect((await bench.until('versions', 'notice')).message).toContain('worker on a.1 (1.2.2)');
    old.stop();
    await bench.until('versions', 'pass');
  });

  it('tells whose clock is off, by the times in heartbeats', async () => {
    await using bench = await WatchBench.open();
    const service = bench.service('ahead.7', { ahead: 7_000 });
    expect((await bench.until('clocks', 'warning')).message).toContain('that of ahead 7.0 s ahead');
    const ended = bench.watches.heartbeats.events.once('service', ({ status }) => status === 6);
    service.stop();
    await ended;
    bench.clock.forward(61_000);
    await bench.until('clocks', 'pass');
  });

  it('tells of a service that is held back, graver when for long', async () => {
    await using bench = await WatchBench.open(limitsWith('heldBackSeconds', { notice: 0.1, warning: 60 }));
    const service = bench.service('a.1');
    service.explain('held back: 1200 messages wait in slow');
    await bench.until('held back', 'notice');
    service.explain('held back: 1300 messages wait in slow');
    bench.clock.forward(60_000);
    service.explain('held back: 1400 messages wait in slow');
    expect((await bench.until('held back', 'warning')).message).toContain('worker on a.1 (messages wait in slow)');
    service.explain(undefined);
    await bench.until('held back', 'pass');
  });

  it('warns of dead letters, and is in error while they come fast', async () => {
    await using bench = await WatchBench.open(limitsWith('newDeadLetters', { error: 5 }));
    await bench.until('dead letters', 'pass');
    await bench.send('DLQ.work', 2);
    await bench.until('dead letters', 'warning');
    await bench.send('DLQ.work', 5);
    const { message, see } = await bench.until('dead letters', 'error');
    expect([message, see]).toEqual([expect.stringContaining('7 messages'), '/failed']);
    await tenMinutesPass(bench);
    await bench.until('dead letters', 'warning');
    await bench.consume('DLQ.work');
    await bench.until('dead letters', 'pass');
  });

  it('tells of budgets that are burnt, for ten minutes', async () => {
    await using bench = await WatchBench.open();
    await bench.until('budgets', 'pass');
    const body = batchOf(announced('late'), settled('late', 1, 'done', { budget: { seconds: 1, used: 2 } }));
    await bench.client.send({ destination: bench.client.queue('baton.ledger'), body });
    expect(await bench.until('budgets', 'notice')).toMatchObject({ see: '/runs?overBudget=true' });
    await tenMinutesPass(bench);
    await bench.until('budgets', 'pass');
  });

  it('tells that the ledger cannot write, and how far it is behind', async () => {
    await using bench = await WatchBench.open(limitsWith('ledgerMessages', { notice: null, warning: 50, error: null }));
    using other = new DatabaseSync(join(bench.folder, 'ledger.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    for (let n = 0; n < 60; n += 1) {
      const body = batchOf(announced(`run ${String(n)}`));
      await bench.client.send({ destination: bench.client.queue('baton.ledger'), body });
    }
    expect((await bench.until('ledger', 'error')).message).toContain('locked');
    other.exec('ROLLBACK');
    await bench.until('ledger', 'pass');
  });

  it('tells how long a write takes that does not end, and of a store that cannot be written', async () => {
    await using bench = await WatchBench.open(limitsWith('commitSeconds', { notice: null, warning: 1.5 }));
    await bench.until('disk speed', 'pass');
    // Nobody reads from the pipe: to open it takes for ever, as it does on a disk that is gone.
    await bench.stop();
    execFileSync('mkfifo', [join(bench.folder, '.commit-probe')]);
    await bench.start();
    expect((await bench.until('disk speed', 'warning')).message).toMatch(/^A small write takes \d+\.\d s/);
    await readFile(join(bench.folder, '.commit-probe'));
    await bench.until('disk speed', 'pass');
    await bench.until('disk', 'pass', 'notice', 'warning');
  });

  it('is in error while the reserve of the embedded broker is in use', async () => {
    await using folder = await temporaryFolder();
    const reserve = join(folder.path, 'broker.sqlite.reserve');
    await writeFile(reserve, 'kept');
    await using bench = await WatchBench.open({ stores: [{ name: 'broker', folder: folder.path, reserve }] });
    await bench.until('disk', 'pass', 'notice', 'warning');
    await truncate(reserve);
    expect((await bench.until('disk', 'error')).message).toContain('its reserve is in use');
    await writeFile(reserve, 'kept');
    await bench.until('disk', 'pass', 'notice', 'warning');
  });

  it('knows after a restart of the monitor since when it is as it is', async () => {
    await using bench = await WatchBench.open(limitsWith('unreadSeconds', { warning: 0.2 }));
    await bench.send('work');
    const { since } = await bench.until('queues', 'warning');
    await bench.watches.queueWatch.events.once('queues');
    const oldest = bench.watches.queueWatch.oldest.since.get('work');
    await bench.stop();
    bench.clock.forward(5_000);
    await bench.start();
    expect((await bench.until('queues', 'warning')).since).toBe(since);
    expect(bench.watches.queueWatch.oldest.since.get('work')).toBe(oldest);
  });

  it.each(['', 'null', '[]', '{"checks":7,"services":[{}],"oldest":{"a":1},"told":[],"deadLetters":[[1]]}'])(
    'takes notes that are none (%s) for nothing',
    async (text) => {
      await using bench = await WatchBench.open();
      await bench.stop();
      await writeFile(join(bench.folder, 'health.json'), text);
      await bench.start();
      await bench.until('broker', 'pass');
    },
  );
});

/** So that the count is read before and after. */
async function tenMinutesPass({ clock, watches }: WatchBench): Promise<void> {
  for (const milliseconds of [11_000, 600_000]) {
    clock.forward(milliseconds);
    await watches.healthWatch.events.once('health');
  }
}

function pidOf({ watches }: WatchBench): number {
  const [service] = watches.heartbeats.services;
  return Number(/\.(\d+)$/.exec(service?.host ?? '')?.[1]);
}
