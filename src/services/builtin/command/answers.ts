import { messageOf } from '../../../core/errors.ts';
import { isObject, type Json } from '../../../core/json.ts';
import { parseJson } from '../../../recipes/bounded-json.ts';
import { send, type SentOn } from '../../outcome.ts';
import { badAnswer } from './errors.ts';

/** Answers of one program at most: they leave in one transaction. */
const most = 10_000;
/** What the service itself sends, according to how the program ends. */
const reserved: ReadonlySet<string> = new Set(['starting', 'success', 'failure', 'completed', 'result-all-files']);

/** Of these a program tells while it runs. */
const liveChannel = 'updates';

/** What a program wrote to BATON_OUTPUT: a line of JSON for each message, `{"channel", "payload"}`. Throws `command.bad-answer`. */
export function answersIn(text: string, program: string): readonly SentOn[] {
  const lines = text.split('\n').map((line, index) => ({ line, where: `in line ${index + 1}` }));
  const answers = lines.filter(({ line }) => line.trim() !== '');
  if (answers.length > most)
    throw badAnswer({ program, where: 'in all', reason: `${answers.length} lines, expected at most ${most}` });
  return answers.map(({ line, where }) => answer(line, where, program));
}

/** The lines of answers that go out while the program runs. What is wrong with a line is found when it has ended. */
export function updatesIn(lines: readonly string[], program: string): readonly SentOn[] {
  return lines.flatMap((line) => {
    try {
      const read = answer(line, '', program);
      return isUpdate(read) ? [read] : [];
    } catch {
      return [];
    }
  });
}

export function isUpdate({ channel }: SentOn): boolean {
  return channel === liveChannel;
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
