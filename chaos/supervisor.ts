/** A supervisor as `baton up` has it, in a process of its own, which tells the chaos run the processes it may kill. */
import { createLog } from '../src/core/log.ts';
import { loadConfig } from '../src/config/load.ts';
import { partsOf, supervise } from '../src/cli/supervise.ts';
import { logToFiles } from '../src/cli/up.ts';
import type { Told } from './baton.ts';

const [, , file, logs = '', broker] = process.argv;
const config = await loadConfig(file, {}, { shippedRecipes: '', workingFolder: process.cwd() });
/** All parts go the way to the broker that the configuration names, though it be their own. */
const parts = [...(broker === 'own-broker' ? [{ kind: 'broker' } as const] : []), ...partsOf(config)];
const asked = Promise.withResolvers<void>();
process.once('disconnect', asked.resolve);
process.once('SIGTERM', asked.resolve);

{
  await using up = await supervise(parts, config, createLog('silent', 'supervisor'), asked.resolve);
  await logToFiles(up, { ...config, store: logs });
  const tell = (told: Told): void => void process.send?.(told);
  up.supervisor.events.on('started', ({ part, pid }) => tell({ type: 'started', part, pid }));
  up.supervisor.events.on('ready', ({ part }) => tell({ type: 'ready', part }));
  up.supervisor.events.on('died', ({ part, how, running, restartIn }) =>
    tell({ type: 'died', part, how, running, restartIn }),
  );
  up.supervisor.events.on('suspect', ({ messageId, deaths }) =>
    tell({ type: 'suspect', messageId, deaths: deaths.length }),
  );
  await up.start();
  tell({ type: 'up' });
  await asked.promise;
}
// The channel to the chaos run would keep the process alive.
if (process.connected) process.disconnect();
