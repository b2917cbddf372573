import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeDurably } from '../core/durable.ts';
import { makeFolder } from '../core/folder.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { parseJson } from '../recipes/bounded-json.ts';
import { brief } from '../recipes/problem.ts';
import { names } from '../services/names.ts';
import { badSpool } from './errors.ts';

/** An announcement that waits in a folder until there is a broker to send it to. */
export interface Spooled {
  /** `data-collection` or `processing_recipe`. */
  readonly queue: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: JsonObject;
}

/**
 * Puts an announcement into the folder; resolves, with the path of its file, when it is safe on disk. The file's name
 * begins with the time, in which order announcements are sent. It should have a `guid`: sent twice, it starts one run.
 */
export async function spool(folder: string, announcement: Spooled, now: number): Promise<string> {
  makeFolder(folder);
  const path = join(folder, `${String(now).padStart(13, '0')}-${randomUUID()}.json`);
  await writeDurably(path, `${JSON.stringify(announcement)}\n`);
  return path;
}

/** Headers that would change how the message is read, which message it is, or how often it is delivered. */
const notItsOwn: ReadonlySet<string> = new Set([
  'destination',
  'content-length',
  'message-id',
  'baton-key',
  // One broker repeats the message, another refuses it, and would hold up all that follow.
  'AMQ_SCHEDULED_PERIOD',
  'AMQ_SCHEDULED_REPEAT',
]);

/** Reads a spooled announcement. `id` becomes its run where it names none. Throws `dispatcher.bad-spool`, or `recipes.syntax`. */
export function parseSpooled(text: string, id: string): Spooled {
  const value = parseJson(text, 'The file');
  const { queue, headers = {}, message } = isObject(value) ? value : {};
  const announcements: readonly string[] = names.announcements;
  if (typeof queue !== 'string' || !announcements.includes(queue)) {
    const meant = typeof queue === 'string' ? didYouMean(queue, announcements) : '';
    throw badSpool({ where: '"queue"', expected: announcements.join(' or '), found: `${found(queue)}${meant}` });
  }
  if (!isObject(message)) throw badSpool({ where: '"message"', expected: 'an object', found: found(message) });
  return { queue, headers: readHeaders(headers), message: withRun(message, id) };
}

function readHeaders(headers: Json): Readonly<Record<string, string>> {
  if (!isObject(headers)) throw badSpool({ where: '"headers"', expected: 'an object', found: found(headers) });
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string')
      throw badSpool({ where: `The header ${brief(name)}`, expected: 'a text', found: found(value) });
    if (notItsOwn.has(name))
      throw badSpool({
        where: `The header ${brief(name)}`,
        expected: 'only headers of announcements',
        found: found(value),
      });
  }
  return headers as Readonly<Record<string, string>>;
}

/** Parameters that are none are left for the dispatcher to refuse. */
function withRun(message: JsonObject, id: string): JsonObject {
  const { parameters = {} } = message;
  if (!isObject(parameters) || (parameters['guid'] ?? '') !== '') return message;
  return { ...message, parameters: { ...parameters, guid: id } };
}

function found(value: Json | undefined): string {
  return value === undefined ? 'nothing' : brief(value);
}
