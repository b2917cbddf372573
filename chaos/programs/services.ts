import { appendFileSync } from 'node:fs';
import { defineService, done, result, type Json } from '../../src/index.ts';
import { journalVariable } from '../journal.ts';
import { orderedQueue } from '../recipe.ts';
import { toldOf, type Told } from './told.ts';

/** Notes what is told of programs, and passes it on to the announcer: each once, by the ledger and the replier. */
function listener(name: string, queue: string) {
  return defineService<{ readonly channel: string }>({
    name,
    queue,
    description: `${name} of the chaos run`,
    parameters: {},
    concurrency: 8,
    process: async ({ payload, parameters: { channel }, run }, { key }) => {
      const told: Told = { run, channel, key, ...toldOf(payload) };
      appendFileSync(process.env[journalVariable] ?? '', `${JSON.stringify(told)}\n`);
      return done(result({ ...told } satisfies Json));
    },
  });
}

export const told = listener('chaos-told', 'chaos.told');
export const updates = listener('chaos-updates', orderedQueue);
