import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../core/json.ts';
import { names } from '../names.ts';
import { done, publish, result, send } from '../outcome.ts';
import { defineService } from '../service.ts';

interface RecordParameters {
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
}

/**
 * Makes a payload the result of its run: published on `results.<beamline>`, answered to the announcer, kept in the
 * ledger, and written as a line of JSON to a file per beamline.
 */
export const recordResult = defineService<RecordParameters>({
  name: 'record-result',
  description: 'Result recorder',
  queue: 'record_result',
  concurrency: 8,
  timeout: 60,
  parameters: {
    type: 'object',
    properties: {
      beamline: { type: 'string', description: 'Names topic and file; unknown where absent.' },
      visit: { type: 'string', description: 'Written beside the result.' },
      collection: { type: 'string', description: 'Written beside the result.' },
    },
  },
  channels: { recorded: 'the result, once it is on disk' },
  defaultChannel: 'recorded',
  start: async ({ folder }) => ({
    async process({ run, parameters, payload }, { key }) {
      const beamline = nameOf(parameters.beamline);
      const record = { run, key, time: new Date().toISOString(), ...parameters, result: payload };
      // Written before the transaction: a message that is worked on twice writes the line twice, with the same key.
      await appendFile(join(folder, `${beamline}.jsonl`), `${JSON.stringify(record)}\n`);
      const body = isObject(payload) ? { ...payload, run } : { result: payload, run };
      return done(publish(`${names.results}.${beamline}`, body), result(payload), send(payload));
    },
  }),
});

/** A beamline as part of a topic and of a file name: at most 100 letters, digits, dashes and underscores. */
function nameOf(beamline: string | undefined): string {
  const name = (beamline ?? '').replaceAll(/[^\w-]+/g, '_').slice(0, 100);
  return name === '' ? 'unknown' : name;
}
