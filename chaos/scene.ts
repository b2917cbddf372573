import type { Acquisition } from './acquisition.ts';
import type { Baton } from './baton.ts';
import type { Disk } from './disk.ts';
import type { ForeignActiveMQ } from './foreign-activemq.ts';
import type { Link } from './link.ts';
import type { Weather } from './weather.ts';

/** All that harm can come to, and whoever tells how far the work is. */
export interface Scene {
  readonly baton: Baton;
  /** The broker where it is no part of Baton. */
  readonly broker: ForeignActiveMQ | undefined;
  readonly link: Link;
  readonly weather: Weather;
  /** Of the stores; undefined where none can be filled. */
  readonly disk: Disk | undefined;
  readonly acquisition: Acquisition;
  /** Told what is done, for the history of a failure. */
  readonly tell: (what: string) => void;
}

/** The process of a part, or of the broker wherever it runs; undefined when it does not run just now. */
export function pidOf({ baton, broker }: Scene, part: string): number | undefined {
  return part === 'broker' && broker ? broker.pid : baton.pid(part);
}

/** Sends a signal to a part; false when it does not run just now. */
export function signal(scene: Scene, part: string, name: NodeJS.Signals): boolean {
  const pid = pidOf(scene, part);
  return pid !== undefined && signalled(pid, name);
}

/** False when there is no such process any more. */
export function signalled(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
