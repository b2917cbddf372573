import type { ErrorParts } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { GuardPlaces } from './guard-folder.ts';
import type { Suspect } from './suspects.ts';

/** What a supervisor tells its processes over Node's IPC channel. */
export type ToChild =
  | { readonly type: 'begin'; readonly begin: Json; readonly guard: GuardPlaces; readonly suspects: readonly Suspect[] }
  | { readonly type: 'suspect'; readonly suspect: Suspect }
  | { readonly type: 'stop' };

/** What a process tells its supervisor. */
export type ToSupervisor =
  | { readonly type: 'ready'; readonly details: Json }
  /** The part cannot start, and trying again is useless: the parts of its error, which loses its class on the way. */
  | ({ readonly type: 'refused' } & ErrorParts)
  /** It was asked to end, and all that ran is settled. A handler that ends its process does not say so. */
  | { readonly type: 'ended' }
  | { readonly type: 'cleared'; readonly id: string };
