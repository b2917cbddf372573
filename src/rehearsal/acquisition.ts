import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../core/json.ts';
import type { Announcer, Answer } from './announcer.ts';

/** The frames of a scan, ready to be written as a detector would. */
export interface ScanFrames {
  readonly count: number;
  /** What an announcement says of these frames and of the scan. */
  readonly parameters: JsonObject;
  /** Writes them at the chosen rate; yields how many there are, after each. */
  write(signal: AbortSignal): AsyncIterable<number>;
}

/** What happened in an acquisition, in order. Times are milliseconds since 1970. */
export type AcquisitionEvent =
  | { readonly kind: 'announced' }
  | { readonly kind: 'accepted'; readonly run: string }
  | { readonly kind: 'written'; readonly frames: number }
  | { readonly kind: 'lastFrame'; readonly time: number }
  | { readonly kind: 'answer'; readonly answer: Answer; readonly time: number };

/** What a rehearsed acquisition says of itself. */
export interface AcquisitionOptions {
  readonly announcer: Announcer;
  readonly frames: ScanFrames;
  readonly signal: AbortSignal;
  readonly tell: (event: AcquisitionEvent) => void;
}

/**
 * Does what acquisition software does: announces the start of a collection, writes its frames, announces the end (under
 * another guid, as Diamond's does), and waits for the answers to the first. Resolves at the final answer.
 */
export async function acquire({ announcer, frames, signal, tell }: AcquisitionOptions): Promise<Answer> {
  const collection = String(Date.now());
  const about = { beamline: 'rehearsal', visit: 'cm00000-1', ispyb_dcid: collection, experiment_type: 'gridscan' };
  const parameters = { ...about, ...frames.parameters, number_of_frames: frames.count };
  const isRefused = Promise.withResolvers<never>();
  const isAnnounced = Promise.withResolvers<undefined>();
  const message = { parameters: { ...parameters, event: 'start', guid: randomUUID() } };
  const answered = (async () => {
    let last: Answer | undefined;
    const announced = (): void => isAnnounced.resolve(undefined);
    for await (const answer of announcer.announce('data-collection', message, { signal, announced })) {
      tell(
        answer.status === 'accepted'
          ? { kind: 'accepted', run: answer.run }
          : { kind: 'answer', answer, time: Date.now() },
      );
      last = answer;
    }
    if (!last) throw new Error('The announcement ended without an answer.');
    return last;
  })();
  // A refused announcement ends the acquisition at once: nobody would look at its frames.
  answered.then(
    (last) => last.status === 'refused' && isRefused.reject(new Refused(last)),
    (error: unknown) => isRefused.reject(error),
  );
  await Promise.race([isAnnounced.promise, isRefused.promise]);
  tell({ kind: 'announced' });
  const writing = write(frames, signal, tell).then(async () => {
    const end = { parameters: { ...parameters, event: 'end', guid: randomUUID() } };
    for await (const answer of announcer.announce('data-collection', end, { signal }))
      if (answer.status === 'accepted') break;
  });
  try {
    await Promise.race([writing, isRefused.promise]);
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
  return await answered;
}

async function write(frames: ScanFrames, signal: AbortSignal, tell: AcquisitionOptions['tell']): Promise<void> {
  for await (const written of frames.write(signal)) tell({ kind: 'written', frames: written });
  tell({ kind: 'lastFrame', time: Date.now() });
}

class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('The announcement was refused.');
    this.answer = answer;
  }
}
