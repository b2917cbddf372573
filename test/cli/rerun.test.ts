import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunDetail } from '../../src/monitor/api.ts';
import { startBaton, type TestBaton } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** Records what it is given; late, by its budget, however quick it is. */
const recipe = {
  '1': { service: 'Recorder', queue: 'record_result', parameters: { beamline: '{beamline}' }, budget: 0.000001 },
  start: [[1, { found: 1 }]],
};

async function ended(baton: TestBaton, run: string): Promise<RunDetail> {
  for (;;) {
    const found = (await baton.baton('run', run, '--json')).json<Partial<RunDetail>>();
    if (found.state !== undefined && found.state !== 'running') return found as RunDetail;
  }
}

it('baton rerun repeats a run with its recipe as it was, or as it is now', { timeout: 300_000 }, async () => {
  await using folder = await temporaryFolder();
  const [recipes, file] = [join(folder.path, 'recipes'), join(folder.path, 'recipes', 'record.json')];
  await mkdir(recipes);
  // As people lay it out.
  const text = JSON.stringify(recipe, null, 7);
  await writeFile(file, text);
  await using baton = await startBaton(undefined, { config: { recipes, announcements: { customRecipes: true } } });
  const told = async (...args: readonly string[]): Promise<string> => (await baton.baton(...args)).stdout;

  expect((await baton.baton('announce', 'record', '--set', 'beamline=i03', '--set', 'guid=first', '--wait')).code).toBe(
    0,
  );
  const first = await ended(baton, 'first');
  expect(first).toMatchObject({ overBudget: 1, steps: [{ budget: { seconds: 0.000001, over: true } }], reruns: [] });
  expect(await told('run', 'first')).toMatch(
    /first: finished, 1 step over budget\n.*\n.*\nrecipe version [0-9a-f]{10}\n/,
  );
  expect(await told('runs', '--over-budget')).toMatch(/first .*1 step\n/);

  // The file changes: the run still has what it was made from.
  await writeFile(file, JSON.stringify({ ...recipe, start: [[1, { found: 2 }]] }));
  expect(await told('recipe', 'show', '--run', 'first', '--source')).toBe(`${text}\n`);
  expect(await told('recipe', 'show', '--run', 'first')).toContain('"beamline": "i03"');
  const diff = await baton.baton('recipe', 'diff', '--run', 'first');
  expect([diff.code, diff.stdout]).toEqual([1, '~ "start": [[1,{"found":1}]] → [[1,{"found":2}]]\n']);

  const stored = await baton.baton('rerun', 'first', '--wait', '--json');
  const again = await ended(baton, stored.json<{ run: string }>().run);
  expect(again).toMatchObject({ state: 'finished', rerunOf: 'first', sourceHash: first.sourceHash });
  expect(again.parameters).toEqual({ ...first.parameters, guid: again.id });
  expect(again.results).toMatchObject([{ result: { found: 1 } }]);

  const current = await baton.baton('rerun', 'first', '--current', '--wait', '--json');
  const today = await ended(baton, current.json<{ run: string }>().run);
  expect(today.results).toMatchObject([{ result: { found: 2 } }]);
  expect(today.sourceHash).not.toBe(first.sourceHash);
  expect((await ended(baton, 'first')).reruns).toEqual([today.id, again.id]);
  expect((await baton.baton('recipe', 'diff', '--run', today.id)).stdout).toBe('The recipes mean the same.\n');

  // A recipe that came with its announcement is kept, too; there is none of today.
  const own = join(folder.path, 'announcement.json');
  await writeFile(own, JSON.stringify({ custom_recipe: recipe, parameters: { guid: 'custom', beamline: 'i04' } }));
  expect((await baton.baton('announce', '--file', own, '--wait')).code).toBe(0);
  await ended(baton, 'custom');
  expect(await told('recipe', 'show', '--run', 'custom', '--source')).toContain('"beamline": "{beamline}"');
  expect((await baton.baton('rerun', 'custom', '--wait')).stdout).toContain('finished');
  expect(await baton.baton('rerun', 'custom', '--current')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('custom_recipe: It came with its announcement: there is none of today.') as string,
  });

  // What would start is shown, and nothing does.
  const shown = await baton.baton('rerun', 'first', '--from', '1', '--set', 'beamline=i05', '--current', '--dry-run');
  expect(shown.stdout).toContain('would begin with 1 message, at priority 2:\n  1 message to step 1 (Recorder)\n');
  expect(shown.stdout).toContain('  ~ beamline: "i03" → "i05"\n');
  expect(shown.stdout).toContain(
    'It has changed since, from then to now:\n  ~ "start": [[1,{"found":1}]] → [[1,{"found":2}]]\n',
  );
  expect((await ended(baton, 'first')).reruns).toHaveLength(2);

  // A part of it begins with the messages as they were, whatever the recipe begins with today.
  const edits = join(folder.path, 'edits.json');
  await writeFile(edits, JSON.stringify({ beamline: 'i06', note: [1] }));
  const part = await baton.baton(
    'rerun',
    'first',
    '--from',
    '1',
    '--parameters',
    edits,
    '--current',
    '--wait',
    '--json',
  );
  const fromStep = await ended(baton, part.json<{ run: string }>().run);
  expect(fromStep).toMatchObject({ rerunOf: 'first', results: [{ result: { found: 1 } }] });
  expect(fromStep.parameters).toEqual({ beamline: 'i06', note: [1], guid: fromStep.id });
  expect(await baton.baton('rerun', 'first', '--failed')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('all its messages ended well') as string,
  });
  expect(await baton.baton('rerun', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No run has the id "nobody"') as string,
  });
});
