import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf } from '../../../core/errors.ts';
import { isObject, type Json } from '../../../core/json.ts';
import { parseJson } from '../../../recipes/bounded-json.ts';
import { send, type SentOn } from '../../outcome.ts';
import { badAnswer } from './errors.ts';

/** Answers of one program at most: they leave in one transaction. */
const most = 10_000;
/** What the service itself sends, according to how the program ends. */
const reserved: ReadonlySet<string> = new Set(['starting', 'success', 'failure', 'completed', 'result-all-files']);

/**
 * What a program wrote to BATON_OUTPUT: a line of JSON for each message, `{"channel", "payload"}`. None where it wrote
 * nothing. Throws `command.bad-answer`.
 */
export async function answersIn(path: string, program: string): Promise<readonly SentOn[]> {
  const text = await textIn(path, program);
  const lines = text.split('\n').map((line, index) => ({ line, where: `in line ${index + 1}` }));
  const answers = lines.filter(({ line }) => line.trim() !== '');
  if (answers.length > most)
    throw badAnswer({ program, where: 'in all', reason: `${answers.length} lines, expected at most ${most}` });
  return answers.map(({ line, where }) => answer(line, where, program));
}

function answer(line: string, where: string, program: string): SentOn {
  const wrong = (reason: string): Error => badAnswer({ program, where, reason });
  let value: Json;
  try {
    value = parseJson(line, 'it');
  } catch (error) {
    throw wrong(`${messageOf(error)} It begins ${JSON.stringify(line.slice(0, 60))}`);
  }
  if (!isObject(value)) throw wrong('expected an object');
  const { channel, payload = null } = value;
  if (typeof channel !== 'string' || channel === '') throw wrong('expected "channel", the name of a channel');
  if (reserved.has(channel)) throw wrong(`the channel ${channel} is sent by how the program ends`);
  if (channel === 'result-individual-file' && !namesFile(payload))
    throw wrong('expected "file_path" (the folder) and "file_name" in the payload of a result file');
  return send(payload, channel);
}

function namesFile(payload: Json): boolean {
  if (!isObject(payload)) return false;
  const { file_path: folder, file_name: name } = payload;
  return typeof folder === 'string' && typeof name === 'string' && name !== '' && !name.includes('/');
}

/** A program may have put anything in its place: a link to what it may not read itself, or what never ends. */
async function textIn(path: string, program: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw badAnswer({ program, where: 'in all', reason: messageOf(error) });
  }
  try {
    if (!(await file.stat()).isFile()) throw badAnswer({ program, where: 'in all', reason: 'it is no file' });
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
