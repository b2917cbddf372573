import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SuspectNews } from '../../src/services/suspect-news.ts';
import { Supervisor } from '../../src/services/supervisor.ts';
import type { Suspect } from '../../src/services/suspects.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const entry = new URL('../fixtures/fragile-part.ts', import.meta.url);

/** What supervisors on several hosts know of suspects; each test under an address of its own. */
export function exerciseSuspects(address: () => string): void {
  describe('supervisors on several hosts', () => {
    it('count the deaths that each of them saw together, also those from before one of them came', async () => {
      const shared = address();
      await using one = await supervisorOn(shared, 'one');
      one.learn(suspect('a', 'first'));
      await using other = await supervisorOn(shared, 'other', [suspect('a', 'second'), suspect('b', 'third')]);
      const both = [
        ['a', ['first', 'second']],
        ['b', ['third']],
      ];
      await expect.poll(one.known).toEqual(both);
      await expect.poll(other.known).toEqual(both);
      other.learn({ messageId: 'a', deaths: [], lastOutput: '' });
      other.news.tell({ messageId: 'a', deaths: [], lastOutput: '' });
      await expect.poll(one.known).toEqual([['b', ['third']]]);
    });
  });
}

interface Known extends AsyncDisposable {
  readonly news: SuspectNews;
  readonly learn: (suspect: Suspect) => void;
  /** Message ids, each with the deaths. */
  readonly known: () => readonly (readonly [string, readonly string[]])[];
}

/** A supervisor of nothing, which knows this before it comes in. */
async function supervisorOn(url: string, name: string, known: readonly Suspect[] = []): Promise<Known> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const supervisor = stack.use(new Supervisor({ entry, parts: [], folder: join(folder.path, 'guard') }));
  const client = stack.use(new Client({ address: parseBrokerAddress(url), name }));
  for (const each of known) supervisor.learn(each);
  await client.start();
  const news = new SuspectNews(client, name, supervisor);
  await news.start();
  const all = stack.move();
  return {
    news,
    learn: (each) => supervisor.learn(each),
    known: () => supervisor.suspects().map(summary).sort(),
    [Symbol.asyncDispose]: async () => all.disposeAsync(),
  };
}

function suspect(messageId: string, death: string): Suspect {
  return { messageId, deaths: [death], lastOutput: `output of ${death}` };
}

function summary({ messageId, deaths }: Suspect): [string, readonly string[]] {
  return [messageId, [...deaths].sort()];
}
