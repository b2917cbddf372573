import type { Changes } from './store.ts';

/** Whose frames are obeyed in their order, and who can be made to wait. */
export interface Writer {
  /** False once nobody waits for what becomes of its frames. */
  readonly isOpen: boolean;
  /** Nothing more is to be read from it for now. */
  hold(): void;
  /** All that it was held for is done. */
  release(): void;
  /** It has waited for a while, for this reason. */
  slowed(reason: Error): void;
}

/** Something to be written together or not at all, and what follows from it. */
export interface Entry {
  readonly changes?: Changes;
  /** Whose it is: when there is no room for one, it waits, and all that this writer has behind it. */
  readonly writer?: Writer;
  /** It only adds, and has to leave the last room to those who make some. */
  readonly onlyAdds?: boolean;
  /** It is on disk; called in the order of the entries. */
  stored(): void;
  /** Nothing of it was written. */
  failed?(error: Error): void;
}
