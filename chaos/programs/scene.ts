import type { Baton } from '../baton.ts';
import type { ForeignActiveMQ } from '../foreign-activemq.ts';
import type { Announcer } from './announcer.ts';
import type { Elsewhere } from './elsewhere.ts';

/** All that is killed, and whoever tells how far the work is. */
export interface ProgramScene {
  readonly baton: Baton;
  /** The broker where it is no part of Baton. */
  readonly broker: ForeignActiveMQ | undefined;
  /** Where programs run that do not run on Baton's own host. */
  readonly elsewhere: Elsewhere | undefined;
  readonly announcer: Announcer;
  /** In which programs note that they begin. */
  readonly programJournal: string;
  /** The file that tells the processes of this Baton and its workers by. */
  readonly weather: string;
  readonly tell: (what: string) => void;
}

/** Something that was killed: milliseconds, and what; of a program, which. */
export interface Kill {
  readonly at: number;
  readonly target: string;
  readonly run?: string;
  readonly kind?: string;
}
