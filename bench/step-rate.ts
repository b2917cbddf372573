import { join } from 'node:path';
import { Queries } from '../src/ledger/queries.ts';
import { openReader } from '../src/ledger/store.ts';
import { behindBroker } from '../src/services/sharing.ts';
import { Supervisor } from '../src/services/supervisor.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import type { LedgerBegin } from './ledger-part.ts';
import { nodeOptions, type Load } from './load.ts';
import { startPassing } from './passing.ts';
import { Rate } from './rate.ts';
import { Progress } from './stalled.ts';

/**
 * Steps per second through Baton of what `fill` put there. The services have processes of their own, and the ledger that
 * takes their records has, too. A step counts once its record is entered, so what is measured is passing on, recording
 * and entering together. Rejects with `Stalled`.
 */
export async function stepRate(address: string, load: Load): Promise<number> {
  await using folder = await temporaryFolder();
  await using _ledger = await startLedgerProcess({ address, folder: join(folder.path, 'ledger') });
  using database = openReader(join(folder.path, 'ledger'));
  const queries = new Queries(database);
  const rate = new Rate(load.messages);
  await using _passing = await startPassing(address, folder.path, load);
  const progress = new Progress(load.messages);
  while (!rate.isComplete) {
    await new Promise((done) => setTimeout(done, 10));
    const done = queries.totals().get('deliveries.done') ?? 0;
    rate.count(done);
    progress.check(done);
  }
  return rate.perSecond;
}

async function startLedgerProcess(begin: LedgerBegin): Promise<Supervisor> {
  const supervisor = new Supervisor({
    entry: new URL('./ledger-part.ts', import.meta.url),
    parts: [{ name: 'ledger', begin: { ...begin }, nodeOptions, niceness: behindBroker }],
    folder: `${begin.folder}-guard`,
  });
  await supervisor.start();
  return supervisor;
}
