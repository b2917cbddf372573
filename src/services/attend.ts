import { BatonError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { GuardPlaces } from './guard-folder.ts';
import type { ToChild, ToSupervisor } from './ipc.ts';
import { holdLifeLine } from './life-line.ts';
import { NotesFile } from './notes-file.ts';
import { Suspects, type RunningNotes } from './suspects.ts';

/** A part at work in its process. */
export interface RunningPart {
  /** What it tells of itself: ports, for example. */
  readonly details: Json;
  stop(): Promise<void>;
}

/** What a process offers to the part that runs in it. */
export interface PartTools {
  readonly suspects: Suspects;
  readonly notes: RunningNotes;
  /** Ends the process in good order. */
  readonly shutdown: () => void;
}

/** The side of a process that its supervisor sees: `process` itself. */
export type SupervisedProcess = Pick<NodeJS.Process, 'on' | 'connected' | 'exit'> & {
  readonly send?: NodeJS.Process['send'];
};

/** Milliseconds that a part which is to end may still take to start. One that waits for its broker has begun nothing. */
const startingPatience = 2_000;
/** Milliseconds that one whose supervisor is gone and that works on nothing may take to end: what its supervisor would give it. */
const lonePatience = 30_000;

/**
 * Runs one part under a supervisor: begins when told, and ends, in good order, when told, on SIGTERM, or when the
 * supervisor is gone, however it went: what runs is finished and settled, and the next supervisor starts anew.
 */
export function attend(
  child: SupervisedProcess,
  start: (begin: Json, tools: PartTools) => Promise<RunningPart>,
  patience = lonePatience,
): void {
  const suspects = new Suspects();
  let running: Promise<RunningPart> | undefined;
  let ending: Promise<void> | undefined;
  let life: Disposable | undefined;
  let notes: NotesFile | undefined;

  const tell = (message: ToSupervisor, then: () => void = () => undefined): void => {
    if (child.connected) child.send?.(message, then);
    else then();
  };
  const end = (): void => {
    ending ??= (async () => {
      const part = await Promise.race([running?.catch(() => undefined), given(startingPatience)]);
      await part?.stop();
      life?.[Symbol.dispose]();
      tell({ type: 'ended' }, () => child.exit(0));
    })();
  };
  /**
   * Nobody is left who would kill it if it does not end. What its handlers work on is finished first, and has time to be
   * settled: it is over when nothing ran at two looks.
   */
  const endAlone = (): void => {
    end();
    const isIdle = (): boolean => notes === undefined || notes.isEmpty;
    let wasIdle = isIdle();
    setInterval(() => {
      if (wasIdle && isIdle()) child.exit(1);
      wasIdle = isIdle();
    }, patience).unref();
  };
  const begin = async (what: Json, guard: GuardPlaces): Promise<RunningPart> => {
    life = holdLifeLine(guard.alive);
    notes = new NotesFile(guard.notes, (id) => tell({ type: 'cleared', id }));
    const part = await start(what, { suspects, notes, shutdown: end });
    tell({ type: 'ready', details: part.details });
    return part;
  };
  /** An error of ours is told in its own words, for the supervisor to decide. Anything else is an accident, and it tries again. */
  const refuse = (error: unknown): void => {
    if (!(error instanceof BatonError)) throw error;
    tell({ type: 'refused', ...error.parts() }, () => child.exit(1));
  };
  const hear = (message: ToChild): void => {
    switch (message.type) {
      case 'begin':
        for (const suspect of message.suspects) suspects.learn(suspect);
        running = begin(message.begin, message.guard);
        running.catch(refuse);
        return;
      case 'suspect':
        return suspects.learn(message.suspect);
      case 'stop':
        return end();
    }
  };

  child.on('message', (message) => hear(message as ToChild));
  child.on('disconnect', endAlone);
  child.on('SIGTERM', end);
  // Ctrl-C reaches every process of the terminal; the supervisor is the one that acts on it.
  child.on('SIGINT', () => undefined);
}

async function given(milliseconds: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
