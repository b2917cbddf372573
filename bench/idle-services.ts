import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { startPassing } from './passing.ts';
import { processorSeconds, residentMegabytes } from './process-facts.ts';

/** What services cost that have nothing to do: resident memory of their process, and percent of one core. */
export interface IdleServices {
  readonly services: number;
  readonly megabytes: number;
  readonly corePercent: number;
}

/** Starts that many services in one process and looks at it for so many seconds, once it has come to rest. */
export async function idleServices(address: string, services: number, seconds: number): Promise<IdleServices> {
  await using folder = await temporaryFolder();
  await using passing = await startPassing(address, folder.path, { services, queues: 0, processes: 1 });
  const pid = passing.running()[0]?.pid ?? 0;
  await setTimeout(Math.min(3, seconds) * 1000);
  const before = await processorSeconds(pid);
  await setTimeout(seconds * 1000);
  const used = (await processorSeconds(pid)) - before;
  const corePercent = Number(((used / seconds) * 100).toFixed(1));
  return { services, megabytes: await residentMegabytes(pid), corePercent };
}
