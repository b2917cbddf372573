import { placeOf, viewOf, type Letter } from '../../dead-letters/letter.ts';
import type { FailedMessage, SeenLetter } from '../../ledger/failures/failures.ts';

/** What names the message of a letter in the ledger; of one that no Baton sent, the letter's own id. */
export function nameOf(letter: Letter): FailedMessage {
  const { headers, messageId } = letter;
  const run = headers['baton-run'] ?? placeOf(letter)?.run ?? '';
  return { run: run.slice(0, 1_000), key: (headers['baton-key'] ?? messageId).slice(0, 1_000) };
}

/** What a letter tells of its failure. */
export function seenLetter(letter: Letter, queue: string): SeenLetter {
  const { headers, messageId } = letter;
  const { step, service, code, message, died, reinjected, origin, version } = viewOf(letter);
  return {
    ...nameOf(letter),
    ...{ step, service: short(service), code: code.slice(0, shortAtMost), message, died, reinjected, queue },
    ...{ letter: messageId, origin: short(origin), version: short(version), host: short(headers['baton-error-host']) },
  };
}

/** Characters kept of names; whoever sends a letter may write anything. */
const shortAtMost = 300;

function short(text: string | undefined): string | undefined {
  return text?.slice(0, shortAtMost);
}
