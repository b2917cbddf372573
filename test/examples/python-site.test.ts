import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunDetail } from '../../src/ledger/views.ts';
import { startBaton } from '../fixtures/baton.ts';
import { stompPyAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { PythonProcess } from './python-process.ts';

requireOrSkip("Python's stomp.py", stompPyAvailable())('a whole Baton with a step in Python', () => {
  it('ends its runs after the silence that the configuration says, where the step leaves no records', async () => {
    const config = { announcements: { customRecipes: true }, ledger: { quietAfter: 1 } };
    await using baton = await startBaton(undefined, { config });
    await using _python = await PythonProcess.start(baton.brokerUrl, '--no-records');
    const file = join(baton.folder, 'scan');
    await writeFile(file, '1 5\n2 50\n');
    const recipe = {
      1: { queue: 'filewatcher', parameters: { list: [file] }, output: { every: 2 } },
      2: { queue: 'scan_peak', output: { peak: 3 } },
      3: { queue: 'record_result' },
      start: [[1, []]],
    };
    const announcement = join(baton.folder, 'announcement.json');
    await writeFile(announcement, JSON.stringify({ custom_recipe: recipe, parameters: { guid: 'r' } }));
    const announced = await baton.baton('announce', '--wait', '--json', '--file', announcement);
    expect(announced).toMatchObject({ code: 0 });
    const run = (await baton.baton('run', 'r', '--json')).json<RunDetail>();
    expect(run).toMatchObject({ state: 'finished', inferred: true, waiting: 0 });
    expect(run.results[0]?.result).toMatchObject({ position: 2, count: 50 });
    expect(run.steps.map(({ inferred = false, done }) => [inferred, done])).toEqual([
      [false, 1],
      [true, 1],
      [false, 1],
    ]);
  });
});
