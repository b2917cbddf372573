import type { ErrorParts } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Suspect } from './suspects.ts';

/** What a supervisor tells its processes over Node's IPC channel. */
export type ToChild =
  | { readonly type: 'begin'; readonly begin: Json; readonly suspects: readonly Suspect[] }
  | { readonly type: 'suspect'; readonly suspect: Suspect }
  | { readonly type: 'stop' };

/** What a process tells its supervisor. */
export type ToSupervisor =
  | { readonly type: 'ready'; readonly details: Json }
  /** The part cannot start, and trying again is useless: the parts of its error, which loses its class on the way. */
  | ({ readonly type: 'refused' } & ErrorParts)
  /** Handlers that start, each with the seconds it may take, and handlers that ended. A handler that stands in both has ended. */
  | {
      readonly type: 'notes';
      readonly started: readonly (readonly [id: string, seconds: number])[];
      readonly ended: readonly string[];
    }
  | { readonly type: 'cleared'; readonly id: string };
