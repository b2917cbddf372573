import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { readLogMessage } from '../../../../src/services/log-line.ts';
import { ProgramSite } from './programs.ts';

const tells = (payload: string): string => `echo '{"channel": "updates", "payload": ${payload}}' >> "$BATON_OUTPUT"`;
/** It goes on when the test has seen what it waits for. */
const waits = (name: string): string => `while [ ! -e ${name} ]; do sleep 0.05; done`;

describe('while a program runs', () => {
  it('its updates go on, in order, also those of one that fails; what it says at its end does not', async () => {
    await using here = await ProgramSite.start(
      `${tells('1')}; ${tells('2')}; echo '{"channel": "result"}' >> "$BATON_OUTPUT"; ${waits('first')}; ${tells('3')}; ${waits('second')}; exit 3`,
    );
    await here.run({ directory: here.data });
    expect([await here.told('updates'), await here.told('updates')]).toEqual([1, 2]);
    await writeFile(join(here.data, 'first'), '');
    expect(await here.told('updates')).toBe(3);
    expect(here.site.records.filter(({ kind }) => kind === 'step')).toHaveLength(1);
    await writeFile(join(here.data, 'second'), '');
    expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
    const [, ended] = await here.site.settled(1, 'done', 2);
    expect(ended?.sends).toEqual({ 5: 1, 6: 1 });
  });

  it('lines that it prints reach the log of its run, the last without an end, too', async () => {
    await using here = await ProgramSite.start(`echo indexing; ${waits('seen')}; printf "bad \\033[31mspots" >&2`);
    const lines: { text: string; run: string; service: string }[] = [];
    const heard = Promise.withResolvers<void>();
    await here.site.client.subscribe({ destination: here.site.client.topic('baton.log'), ack: 'auto' }, ({ body }) => {
      lines.push(...(readLogMessage(body)?.lines ?? []));
      if (lines.length === 1) void writeFile(join(here.data, 'seen'), '');
      if (lines.length === 2) heard.resolve();
    });
    const run = await here.run({ directory: here.data });
    await heard.promise;
    expect(lines).toMatchObject([
      { run, service: 'command', step: 1, level: 'info', text: 'indexing' },
      { run, text: 'bad \u001b[31mspots' },
    ]);
  });

  it('heartbeats name it', async () => {
    await using here = await ProgramSite.start(waits('seen'));
    const tasks: unknown[] = [];
    const over = Promise.withResolvers<void>();
    await here.site.client.subscribe(
      { destination: here.site.client.topic('transient.status'), ack: 'auto' },
      ({ body }) => {
        const { task } = JSON.parse(body.toString('utf8')) as JsonObject;
        if (task !== tasks.at(-1)) tasks.push(task);
        if (task === 'work') void writeFile(join(here.data, 'seen'), '');
        if (task === undefined && tasks.includes('work')) over.resolve();
      },
    );
    await here.run({ directory: here.data });
    await over.promise;
    expect(tasks.filter((task) => task !== undefined)).toEqual(['work']);
  });

  it('a flood of updates and lines harms nothing: every update goes on once', async () => {
    const many = 3_000;
    await using here = await ProgramSite.start(
      `i=0; while [ $i -lt ${many} ]; do i=$((i+1)); echo "{\\"channel\\": \\"updates\\", \\"payload\\": $i}" >> "$BATON_OUTPUT"; echo "line $i of so many"; done`,
    );
    await here.run({ directory: here.data });
    const [, ended] = await here.site.settled(1, 'done', 2);
    expect(ended?.program).toMatchObject({ exitCode: 0 });
    const keys = here.site.records.flatMap((record) => (record.kind === 'progress' ? record.messages : []));
    expect(keys.map(({ payload }) => payload)).toEqual(Array.from({ length: many }, (_, index) => index + 1));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(many);
  }, 60_000);
});
