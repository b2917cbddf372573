import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { Closures } from '../../src/services/closures.ts';
import { Joins, type Join } from '../../src/services/joins.ts';
import { received } from '../../src/services/received.ts';
import type { Task } from '../../src/services/task.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const policy = { count: 2, timeout: 60 };

/** A member as it is delivered over the n-th connection. */
function member(key: string, messageId: string, epoch: number): Task {
  const headers = { 'baton-key': key };
  const delivery = { messageId, destination: '/queue/work', headers, body: Buffer.alloc(0), epoch };
  const message = received({ ...delivery, ackId: messageId, redelivered: epoch > 1, receivedAt: Date.now() });
  return { message, run: 'run' } as unknown as Task;
}

describe('an open join', () => {
  it('takes a member that comes again over the next connection in place of the first delivery, and no copy of it', async () => {
    await using folder = await temporaryFolder();
    using closures = new Closures(folder.path, Date.now());
    const closed = Promise.withResolvers<Join>();
    const joins = new Joins(closures, systemClock, closed.resolve, () => undefined);
    expect(joins.admit(member('a', 'ID-1', 1), 'join', policy)).toBe('held');
    expect(joins.admit(member('a', 'ID-1', 2), 'join', policy)).toBe('held');
    expect(joins.admit(member('a', 'ID-2', 2), 'join', policy)).toBe('duplicate');
    expect(joins.admit(member('b', 'ID-3', 2), 'join', policy)).toBe('held');
    const { members } = await closed.promise;
    expect([...members.values()].map(({ message }) => message.delivery.epoch)).toEqual([2, 2]);
  });
});
