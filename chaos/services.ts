import { appendFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  checkpoint,
  defineService,
  done,
  failed,
  isObject,
  later,
  rejected,
  result,
  send,
  type Json,
  type Outcome,
  type Output,
  type ServiceOptions,
} from '../src/index.ts';
import { journalVariable, type Effect } from './journal.ts';
import { crashKinds, fanOut, type CrashKind } from './recipe.ts';

/*
 * The services that the kills fall upon. What they decide is drawn anew each time, so that a message whose handler ran
 * before its process died is often decided differently the second time.
 */

const concurrency = 4;

/** Writes down that a handler had its effect; the line is with the operating system before the handler goes on. */
function note(effect: Effect): void {
  appendFileSync(process.env[journalVariable] ?? '', `${JSON.stringify(effect)}\n`);
}

/** What a message to the sink is: named by its step, by its sender, or one of the items. */
function outputOf(payload: Json): string {
  return fieldOf(payload, 'output') === null ? `item-${textOf(payload, 'item')}` : textOf(payload, 'output');
}

function textOf(payload: Json, name: string): string {
  const value = fieldOf(payload, name);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fieldOf(payload: Json, name: string): Json {
  return isObject(payload) ? (payload[name] ?? null) : null;
}

async function aWhile(): Promise<void> {
  await setTimeout(Math.random() * 20);
}

function simple(name: string, queue: string, process: NonNullable<ServiceOptions<unknown>['process']>) {
  return defineService<unknown>({
    name,
    queue,
    description: `${name} of the chaos run`,
    parameters: {},
    concurrency,
    process,
  });
}

export const split = simple('chaos-split', 'chaos.split', async ({ payload }) => {
  await aWhile();
  const [doom, how] = [fieldOf(payload, 'doom'), fieldOf(payload, 'how')];
  return done(
    ...Array.from({ length: fanOut.items }, (_, item) => send({ item, round: 0 }, 'item')),
    ...Array.from({ length: fanOut.ordered }, (_, index) => send({ index }, 'ordered')),
    send({}, 'failing'),
    ...(fieldOf(payload, 'tardy') === true ? partial() : []),
    ...(fieldOf(payload, 'foreign') === true ? [send({}, 'foreign')] : []),
    ...(typeof doom === 'string' && doom !== 'none' ? [send({ how }, doom)] : []),
  );
});

/** The members of a join with a deadline of 2 s, one of which comes much later. */
function partial(): Output[] {
  const tardy = 4 + Math.random() * 3;
  return Array.from({ length: fanOut.tardyMembers }, (_, index) => send({ index }, 'partial', index === 0 ? tardy : 0));
}

export const work = simple('chaos-work', 'chaos.work', async ({ payload, attempt, deferral }): Promise<Outcome> => {
  await aWhile();
  const [item, round] = [fieldOf(payload, 'item'), Number(fieldOf(payload, 'round'))];
  const drawn = Math.random();
  if (drawn < 0.08 && attempt < 4) throw new Error('an accident of this attempt');
  if (drawn < 0.15 && attempt < 4) return failed('this attempt failed');
  if (drawn < 0.25 && deferral < 4) return later(Math.random(), 'not now');
  if (drawn < 0.4 && round < 2) return done(checkpoint({ item, round: round + 1 }, drawn < 0.3 ? 0.1 : 0));
  return done(send({ item }));
});

export const joined = defineService<{ readonly output: string }>({
  name: 'chaos-join',
  queue: 'chaos.join',
  description: 'chaos-join of the chaos run',
  parameters: {},
  joins: true,
  retry: { delay: 0.1, factor: 1 },
  concurrency,
  process: async ({ members, parameters, attempt, deferral }) => {
    await aWhile();
    const drawn = Math.random();
    if (drawn < 0.1 && attempt < 3) throw new Error('an accident of this attempt');
    if (drawn < 0.2 && deferral < 3) return later(Math.random(), 'not now');
    return done(send({ output: parameters.output, members: members.map(({ payload }) => fieldOf(payload, 'item')) }));
  },
});

export const ordered = defineService<unknown>({
  name: 'chaos-ordered',
  queue: 'chaos.ordered',
  description: 'chaos-ordered of the chaos run',
  parameters: {},
  concurrency,
  process: async ({ payload, run }, { key }) => {
    const output = `ordered-${textOf(payload, 'index')}`;
    note({ service: 'chaos-ordered', run, key, output });
    await aWhile();
    return done(send({ output }));
  },
});

export const sink = defineService<{ readonly output?: string }>({
  name: 'chaos-sink',
  queue: 'chaos.sink',
  description: 'chaos-sink of the chaos run',
  parameters: {},
  concurrency,
  process: async ({ payload, parameters, run }, { key }) => {
    const output = parameters.output ?? outputOf(payload);
    note({ service: 'chaos-sink', run, key, output });
    return done(result({ output, key, members: fieldOf(payload, 'members') }));
  },
});

export const doomed = simple('chaos-doomed', 'chaos.doomed', () => rejected('rejected by design'));

export const poison = simple('chaos-poison', 'chaos.poison', ({ payload }) => {
  const how = textOf(payload, 'how');
  return crashes[crashKinds.find((kind) => kind === how) ?? 'kill']();
});

/** Ways of a handler to end its process, or to make it of no use. */
const crashes: Readonly<Record<CrashKind, () => Promise<Outcome>>> = {
  kill: () => endBy('SIGKILL'),
  segfault: () => endBy('SIGSEGV'),
  exit: () => process.exit(Math.random() < 0.5 ? 0 : 3),
  block: () => {
    for (;;);
  },
  leak: async () => {
    const hoard: number[][] = [];
    for (;;) {
      hoard.push(Array.from({ length: 1_000_000 }, (_, index) => index + hoard.length + 0.5));
      await setImmediate();
    }
  },
};

async function endBy(signal: NodeJS.Signals): Promise<Outcome> {
  process.kill(process.pid, signal);
  return await new Promise<Outcome>(() => undefined);
}
