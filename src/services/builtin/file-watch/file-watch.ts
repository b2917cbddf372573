import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { checkpoint, done, rejected, send, type Outcome, type Output } from '../../outcome.ts';
import { defineService, type StepInput } from '../../service.ts';
import { targetsOf, type Targets, type WatchParameters } from './targets.ts';

/** Where a watch stands: travels in its checkpoints, so that it holds no process and survives any. */
interface Watch {
  readonly seen: number;
  /** Seconds since 1970: when the watch began, and when the last file was seen. */
  readonly began: number;
  readonly last: number;
}

const key = 'filewatcher-status';

/**
 * Waits for files, or for the frames of a growing HDF5 data set, and tells of each. It never blocks: between two looks it
 * is a parked message.
 */
export const fileWatch = defineService<WatchParameters>({
  name: 'file-watch',
  description: 'File watcher',
  queue: 'filewatcher',
  concurrency: 8,
  timeout: 120,
  parameters: {
    type: 'object',
    properties: {
      list: {
        type: 'array',
        items: { type: 'string' },
        description: 'Paths, in order. Of list, pattern and hdf5 exactly one is given.',
      },
      pattern: {
        type: 'string',
        description: 'A path with a placeholder for the number: scan_%05d.cbf or scan_{:05d}.cbf.',
      },
      'pattern-start': { type: 'integer', description: 'The first number; 1 where absent.' },
      'pattern-end': { type: 'integer', description: 'The last number; frames may stand in its place.' },
      hdf5: { type: 'string', description: 'A NeXus master file; frames says how many frames it will have.' },
      frames: { type: 'integer', minimum: 1, description: 'How many files or frames.' },
      'timeout-first': {
        type: 'number',
        exclusiveMinimum: 0,
        default: 3600,
        description: 'Seconds to wait for the first.',
      },
      timeout: {
        type: 'number',
        exclusiveMinimum: 0,
        default: 300,
        description: 'Seconds to wait from one to the next.',
      },
      poll: { type: 'number', exclusiveMinimum: 0, default: 0.25, description: 'Seconds between two looks.' },
      burst: { type: 'integer', minimum: 1, default: 200, description: 'Files told of in one transaction, at most.' },
    },
  },
  channels: {
    first: 'the first file, once',
    every: 'each file',
    'select-n': 'n files spread evenly over all, such as select-9; the first and the last among them',
    last: 'the last file, once',
    any: 'once, at the end, when at least one file was seen',
    finally: 'once, at the end, in any case',
    timeout: 'once, when a file did not come in time',
  },
  async process(step) {
    const targets = targetsOf(step.parameters);
    if (typeof targets === 'string') return rejected(targets, 'parameters');
    const now = Date.now() / 1000;
    const watch = watchOf(step.payload) ?? { seen: 0, began: now, last: now };
    const present = await targets.present(watch.seen, step.parameters.burst);
    return advance(step, targets, watch, present, now);
  },
});

/** What follows from how many files are there now. */
function advance(
  step: StepInput<WatchParameters>,
  targets: Targets,
  watch: Watch,
  present: number,
  now: number,
): Outcome {
  const { timeout, 'timeout-first': timeoutFirst, poll, burst } = step.parameters;
  const outputs = found(step.definition, targets, watch.seen, present, now);
  if (present >= targets.count) return done(...outputs, ...ending(targets.count, present, true));
  const isLate = present === watch.seen && now - watch.last > (present === 0 ? timeoutFirst : timeout);
  if (isLate) return timedOut(step, targets, present);
  const next: Watch = { ...watch, seen: present, last: present > watch.seen ? now : watch.last };
  const isMoreThere = present - watch.seen >= burst;
  const pause = isMoreThere ? 0 : Math.max(poll, Math.min(longestPause, (now - next.last) * patience));
  return done(...outputs, checkpoint({ [key]: { ...next } }, pause));
}

/**
 * The longer nothing came, the longer until the next look: of the time since the last file, and in seconds. Scans that
 * were announced and never came would otherwise be most of what the broker has to do: each look is four messages.
 */
const patience = 0.05;
const longestPause = 5;

/** The messages about files seen since the last look. */
function found(definition: JsonObject, targets: Targets, from: number, to: number, now: number): Output[] {
  const selections = selectedChannels(definition);
  const outputs: Output[] = [];
  for (let index = from; index < to; index += 1) {
    const payload = { ...targets.describe(index), 'file-seen-at': now };
    if (index === 0) outputs.push(send(payload, 'first'));
    outputs.push(send(payload, 'every'));
    for (const { channel, n } of selections)
      if (isSelected(index, n, targets.count)) outputs.push(send(payload, channel));
    if (index === targets.count - 1) outputs.push(send(payload, 'last'));
  }
  return outputs;
}

function ending(expected: number, seen: number, success: boolean): Output[] {
  const payload = { 'files-expected': expected, 'files-seen': seen, success };
  return [...(seen > 0 ? [send(payload, 'any')] : []), send(payload, 'finally')];
}

/** A recipe that links `timeout` or `finally` deals with it; in any other the run has failed. */
function timedOut({ definition, parameters }: StepInput<WatchParameters>, targets: Targets, seen: number): Outcome {
  const output = isObject(definition['output']) ? definition['output'] : {};
  const waited = seen === 0 ? parameters['timeout-first'] : parameters.timeout;
  if (!('timeout' in output) && !('finally' in output)) {
    return rejected(
      `${seen} of ${targets.count} files came; ${targets.describe(seen).file} (number ${seen + 1}) did not within ${waited} s.`,
      'timeout',
    );
  }
  const payload = { 'files-expected': targets.count, 'files-seen': seen, success: false };
  return done(send(payload, 'timeout'), ...ending(targets.count, seen, false));
}

/** The channels `select-n` that the step is linked over. */
function selectedChannels(definition: JsonObject): readonly { readonly channel: string; readonly n: number }[] {
  const output = isObject(definition['output']) ? definition['output'] : {};
  return Object.keys(output).flatMap((channel) => {
    const n = Number(/^select-(\d+)$/.exec(channel)?.[1] ?? 0);
    return n > 0 ? [{ channel, n }] : [];
  });
}

/** True for n of count indices, spread evenly from the first to the last. */
export function isSelected(index: number, n: number, count: number): boolean {
  if (n >= count) return true;
  if (n === 1) return index === 0;
  // The k-th chosen index is floor(k (count - 1) / (n - 1)); index is one of them when such a k exists.
  const k = Math.ceil((index * (n - 1)) / (count - 1));
  return k < n && Math.floor((k * (count - 1)) / (n - 1)) === index;
}

function watchOf(payload: Json): Watch | undefined {
  const found = isObject(payload) ? payload[key] : undefined;
  if (!isObject(found)) return undefined;
  const { seen, began, last } = found;
  return typeof seen === 'number' && typeof began === 'number' && typeof last === 'number'
    ? { seen, began, last }
    : undefined;
}
