import { LetterArchive } from '../../dead-letters/archive.ts';
import type { Letter } from '../../dead-letters/letter.ts';
import { find, look } from '../../dead-letters/look.ts';
import { deadLettersOf } from '../../dead-letters/queues.ts';
import type { Json } from '../../core/json.ts';
import type { KnownGroup, LetterPlaces } from '../../ledger/failures/failure-queries.ts';
import type { Failures } from '../../ledger/failures/failures.ts';
import type { Client } from '../../stomp/client.ts';
import type { LetterPreview, LetterView } from '../api.ts';
import { nameOf } from './seen-letter.ts';
import type { Turns } from './turns.ts';

/** Bytes of a body that are shown. */
const shownAtMost = 65_536;

export interface LettersOptions {
  readonly client: Client;
  readonly failures: Failures;
  readonly turns: Turns;
}

/** Reads the letters of a group in the broker; none leaves its place. */
export class Letters {
  readonly #options: LettersOptions;

  constructor(options: LettersOptions) {
    this.#options = options;
  }

  /** What would be touched now, as the broker was last looked at: a moment ago. */
  preview({ seq, view }: KnownGroup): LetterPreview {
    const { queries } = this.#options.failures;
    const places = queries.places(seq);
    const sum = (those: readonly { readonly letters: number }[]): number =>
      those.reduce((total, { letters }) => total + letters, 0);
    const sumsBy = (nameOfPlace: (place: LetterPlaces) => string | undefined): readonly (readonly [string, number])[] =>
      [...Map.groupBy(places, nameOfPlace)].flatMap(([name, those]) =>
        name === undefined ? [] : [[name, sum(those)]],
      );
    return {
      ...{ open: view.open, runs: view.runs, letters: sum(places), upTo: queries.latest(seq) },
      homeless: sum(places.filter(({ origin }) => origin === undefined)),
      from: sumsBy(({ queue }) => queue).map(([queue, count]) => ({ queue, count })),
      to: sumsBy(({ origin }) => origin).map(([destination, count]) => ({ destination, count })),
    };
  }

  /** The letters of a group as files in an archive, as many as it takes; `letters` of it tells how many. */
  async archive({ seq }: KnownGroup): Promise<LetterArchive> {
    const archive = new LetterArchive();
    await this.#visit(seq, (letter) => void archive.add(letter));
    archive.end();
    return archive;
  }

  /** A letter as it is in its queue; undefined when it is not there any more. */
  async find(queue: string, id: string): Promise<LetterView | undefined> {
    const { client, turns } = this.#options;
    const [destination, mayHold] = [deadLettersOf(client, queue), !turns.isTaken(queue)];
    const search = async (): Promise<Letter | undefined> => await find(client, destination, id, { mayHold });
    // Letters that are being moved are shown meanwhile, too.
    const letter = mayHold ? await turns.take(queue, search) : await search();
    return letter && viewOf(letter, queue);
  }

  async #visit(group: number, visit: (letter: Letter) => void): Promise<void> {
    const { client, failures, turns } = this.#options;
    for (const queue of new Set(failures.queries.places(group).map((place) => place.queue)))
      await turns.take(queue, () =>
        look(client, deadLettersOf(client, queue), (letter) => {
          const { run, key } = nameOf(letter);
          if (failures.queries.openGroupOf(run, key) === group) visit(letter);
        }),
      );
  }
}

function viewOf({ messageId, headers, body }: Letter, queue: string): LetterView {
  const shown = body.subarray(0, shownAtMost);
  return {
    id: messageId,
    queue,
    headers,
    bytes: body.length,
    isWhole: shown.length === body.length,
    body: bodyOf(shown),
  };
}

/** As JSON or text, or else what it is in base 64. */
function bodyOf(body: Buffer): Json {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A character may have been cut in two at the end.
    return body.equals(Buffer.from(text)) || text.indexOf('\ufffd') >= text.length - 3
      ? text
      : { base64: body.toString('base64') };
  }
}
