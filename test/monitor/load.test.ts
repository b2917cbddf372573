import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

/** A connection that says this, and reads nothing until it is told to. */
async function say(site: OpenMonitor, text: string): Promise<Socket> {
  const socket = connect(site.monitor.port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const question = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const unlimited = { requests: 1e6, seconds: 10 };

describe('a monitor that is asked without mercy', { timeout: 120_000 }, () => {
  it('closes what has asked nothing for longest when thousands stand open, and answers who asks', async () => {
    await using site = await openMonitor({ limit: unlimited });
    await using listening = await site.listen();
    await listening.next('snapshot');
    const open: Socket[] = [];
    for (let n = 0; n < 1_100; n += 1)
      open.push(await say(site, n % 2 === 0 ? '' : 'GET /api/runs HTTP/1.1\r\nHost: '));
    await Promise.all(open.slice(0, 100).map(async (socket) => socket.resume().destroyed || once(socket, 'close')));
    expect((await site.get('/api/health')).status).toBe(200);
    // Who listens asks nothing any more, and is not taken for idle.
    await site.record(announced('after'));
    await listening.next('run', ({ run }) => run.id === 'after');
    for (const socket of open) socket.destroy();
  });

  it('keeps no more answers for one who does not read than a few, and answers again when they were taken', async () => {
    await using site = await openMonitor({ limit: { ...unlimited, underWay: 2 } });
    const result = 'x'.repeat(4_000_000);
    await site.record(announced('large', { sends: { 1: 5 } }));
    for (let n = 0; n < 5; n += 1) await site.record(settled('large', 1, 'done', { n, result }));
    const slow = [await say(site, question('/api/runs/large')), await say(site, question('/api/runs/large'))];
    const refused = await until(site, 429);
    expect(refused).toMatchObject({ error: { code: 'monitor.too-many' } });
    expect((await site.get('/')).status).not.toBe(429);
    for (const socket of slow) socket.destroy();
    await until(site, 200);
  });

  it('enters records while it is asked more than it can answer, and refuses what is too much', async () => {
    await using site = await openMonitor({ limit: { requests: 300, seconds: 3_600 } });
    await site.record(announced('first'));
    const asking = Array.from(
      { length: 600 },
      async (_, n) => (await site.get(`/api/runs?text=f&limit=${String(1 + (n % 500))}`)).status,
    );
    const entering = Array.from({ length: 50 }, async (_, n) => site.record(announced(`run-${String(n)}`)));
    await Promise.all(entering);
    const answers = await Promise.all(asking);
    expect(answers.filter((status) => status === 200)).toHaveLength(300);
    expect(answers.filter((status) => status === 429)).toHaveLength(300);
    expect(site.ledger.queries.announcements().accepted).toBe(51);
  });
});

/** Asks until it is answered so. */
async function until(site: OpenMonitor, status: number): Promise<unknown> {
  for (;;) {
    const answer = await site.get('/api/runs?limit=1');
    if (answer.status === status) return answer.json;
  }
}
