import { parseEnvelope, runOf } from '../recipes/message.ts';
import { bodyOf } from '../services/received.ts';
import type { Delivery } from '../stomp/client.ts';
import type { Headers } from '../stomp/frame.ts';

/** A dead letter, from its queue or from a file: a message as it was, with what is known of its end in headers. */
export interface Letter {
  readonly messageId: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What people are told of a dead letter. Times are milliseconds since 1970. */
export interface LetterView {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  /** Of the recipe; absent for announcements, and for what other software sent. */
  readonly step?: number;
  readonly service?: string;
  readonly run?: string;
  readonly attempt?: number;
  /** The hash of what the recipe of its run was made from. */
  readonly version?: string;
  /** How often it has been re-injected. */
  readonly reinjected: number;
  readonly died: number;
  /** Where it came from, and goes again; absent when nothing tells. */
  readonly origin?: string;
}

export function letterOf({ messageId, headers, body }: Delivery): Letter {
  return { messageId, headers, body };
}

export function viewOf(letter: Letter): LetterView {
  const { messageId: id, headers } = letter;
  const told = {
    step: number(headers['baton-error-step']) ?? placeOf(letter)?.step,
    service: headers['baton-error-service'],
    run: placeOf(letter)?.run ?? headers['baton-run'],
    attempt: number(headers['baton-error-attempt']),
    version: headers['baton-source-hash'] ?? headers['baton-recipe-hash'],
    origin: originOf(letter),
  };
  return {
    id,
    // What no Baton put there was put there by the broker: expired, or given back by its consumer.
    code: headers['baton-error-code'] ?? 'broker',
    message:
      headers['baton-error-message'] ?? headers['dlqDeliveryFailureCause'] ?? 'expired, or refused by its consumer',
    reinjected: number(headers['baton-reinjected']) ?? 0,
    died: diedAt(letter),
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Partial<LetterView>),
  };
}

/** Where the message goes again: where it came from. Undefined for a message that tells no queue or topic. */
export function originOf({ headers }: Letter): string | undefined {
  const { destination = '' } = headers;
  const known = destination.startsWith('/queue/DLQ.') ? destination.replace('DLQ.', '') : undefined;
  const origin = headers['original-destination'] ?? known;
  return origin !== undefined && /^\/(?:queue|topic)\/./.test(origin) ? origin : undefined;
}

/** The run and the step that a message of a recipe is for; undefined when it is none, or cannot be read. */
export function placeOf(letter: Letter): { readonly run: string; readonly step: number } | undefined {
  if (letter.headers['workflows-recipe']?.toLowerCase() !== 'true') return undefined;
  try {
    const envelope = parseEnvelope(bodyOf(letter));
    const run = runOf(envelope);
    return run === '' ? undefined : { run, step: envelope.pointer };
  } catch {
    return undefined;
  }
}

/** When the message came into the dead-letter queue, in milliseconds since 1970. */
function diedAt({ headers }: Letter): number {
  return number(headers['baton-last-failure']) ?? number(headers['timestamp']) ?? 0;
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
