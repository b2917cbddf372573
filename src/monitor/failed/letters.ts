import { LetterArchive } from '../../dead-letters/archive.ts';
import { originOf, type Letter } from '../../dead-letters/letter.ts';
import { glance, look } from '../../dead-letters/look.ts';
import { deadLettersOf } from '../../dead-letters/queues.ts';
import type { Json } from '../../core/json.ts';
import type { KnownGroup } from '../../ledger/failures/failure-queries.ts';
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

  /** What would be touched now: counted in the queues themselves. */
  async preview({ seq, view }: KnownGroup): Promise<LetterPreview> {
    const { failures } = this.#options;
    const upTo = failures.queries.latest(seq);
    const to = new Map<string, number>();
    const from = new Map<string, number>();
    let homeless = 0;
    let others = 0;
    await this.#visit(seq, (letter, queue, isOurs) => {
      const origin = originOf(letter);
      if (!isOurs) others += 1;
      else if (origin === undefined) homeless += 1;
      else to.set(origin, (to.get(origin) ?? 0) + 1);
      if (isOurs) from.set(queue, (from.get(queue) ?? 0) + 1);
    });
    const letters = [...from.values()].reduce((sum, count) => sum + count, 0);
    return {
      ...{ open: view.open, runs: view.runs, letters, homeless, others, upTo },
      from: [...from].map(([queue, count]) => ({ queue, count })),
      to: [...to].map(([destination, count]) => ({ destination, count })),
    };
  }

  /** The letters of a group as files in an archive, as many as it takes; `letters` of it tells how many. */
  async archive({ seq }: KnownGroup): Promise<LetterArchive> {
    const archive = new LetterArchive();
    await this.#visit(seq, (letter, _queue, isOurs) => void (isOurs && archive.add(letter)));
    archive.end();
    return archive;
  }

  /** A letter as it is in its queue; undefined when it is not there any more. */
  async find(queue: string, id: string): Promise<LetterView | undefined> {
    const { client } = this.#options;
    const destination = deadLettersOf(client, queue);
    let found: Letter | undefined;
    const visit = (letter: Letter): void => void (letter.messageId === id && (found = letter));
    await glance(client, destination, (letter) => {
      visit(letter);
      return found === undefined;
    });
    // It may lie behind those that the broker shows.
    if (!found) await this.#options.turns.take(queue, () => look(client, destination, visit));
    return found && viewOf(found, queue);
  }

  async #visit(group: number, visit: (letter: Letter, queue: string, isOurs: boolean) => void): Promise<void> {
    const { client, failures, turns } = this.#options;
    for (const [queue] of failures.queries.queues(group))
      await turns.take(queue, () =>
        look(client, deadLettersOf(client, queue), (letter) => {
          const { run, key } = nameOf(letter);
          visit(letter, queue, failures.queries.openGroupOf(run, key) === group);
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
