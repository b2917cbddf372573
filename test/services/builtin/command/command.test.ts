import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { StepRecord } from '../../../../src/services/record.ts';
import { ProgramSite } from './programs.ts';

describe('a step that runs a program', () => {
  it('tells of its start, its success with what it took, and its end', async () => {
    await using here = await ProgramSite.start('echo working; exit 0');
    await here.run({}, { payload: { 'file-number': 7 } });
    expect(await here.told('starting')).toEqual({ 'file-number': 7, program: { name: 'work' } });
    const program = {
      name: 'work',
      host: expect.any(String) as string,
      exit_code: 0,
      seconds: expect.any(Number) as number,
      waited_seconds: expect.any(Number) as number,
      log: 'working\n',
    };
    const success = await here.told('success');
    expect(success).toEqual({ 'file-number': 7, program: expect.objectContaining(program) as JsonObject });
    expect(await here.told('completed')).toEqual({ ...success, outcome: 'success' });
    const [, done] = await here.site.settled(1, 'done', 2);
    // Nothing on failure; the ledger has what it took.
    expect(done?.sends).toEqual({ 4: 1, 6: 1 });
    expect(done?.outputs[0]?.payload).toEqual(success);
  });

  it('gets its message as a file and on standard input, in Zocalo’s format', async () => {
    await using here = await ProgramSite.start(
      'cmp "$BATON_MESSAGE" - && sed "s/.*/{\\"channel\\":\\"result\\",\\"payload\\":&}/" "$BATON_MESSAGE" > "$BATON_OUTPUT"',
    );
    const run = await here.run({}, { payload: { a: 1 }, wrapper: { task_information: 'x' } });
    expect(await here.told('result')).toMatchObject({
      environment: { ID: run },
      payload: { a: 1 },
      recipe: { 1: { queue: 'programs', wrapper: { task_information: 'x' } }, start: [[1, []]] },
      'recipe-path': [],
      'recipe-pointer': 1,
    });
  });

  it('sends what the program answers, in order, in the transaction of its end, and its updates before', async () => {
    await using here = await ProgramSite.start(
      `for i in 1 2 3; do echo "{\\"channel\\": \\"updates\\", \\"payload\\": {\\"progress\\": $i}}" >> "$BATON_OUTPUT"; done
       echo '{"channel": "result", "payload": "found"}' >> "$BATON_OUTPUT"`,
    );
    await here.run();
    const progress = [await here.told('updates'), await here.told('updates'), await here.told('updates')];
    expect(progress).toEqual([{ progress: 1 }, { progress: 2 }, { progress: 3 }]);
    expect(await here.told('result')).toBe('found');
    const [, done] = await here.site.settled(1, 'done', 2);
    expect(done?.sends).toEqual({ 4: 1, 6: 1, 7: 1 });
  });

  it('tells of each result file, and of all', async () => {
    await using here = await ProgramSite.start('echo a > a.mtz; echo b > b.mtz; echo log > run.log; pwd');
    const results = ['*.mtz', { pattern: 'run.log', type: 'Log', rank: 2 }, { pattern: 'none', optional: true }];
    await here.run({ directory: here.data, results });
    const files = [1, 2, 3].map(async () => here.told('result-individual-file'));
    const rest = { file_path: here.data, file_type: 'Result', importance_rank: 1 };
    expect(await Promise.all(files)).toEqual(
      expect.arrayContaining([
        { ...rest, file_name: 'a.mtz' },
        { ...rest, file_name: 'b.mtz' },
        { ...rest, file_name: 'run.log', file_type: 'Log', importance_rank: 2 },
      ]),
    );
    const filelist = ['a.mtz', 'b.mtz', 'run.log'].map((name) => join(here.data, name));
    expect(await here.told('result-all-files')).toEqual({ filelist });
  });

  it('takes arguments from the payload, checks them, and hands them on as they are', async () => {
    const schema = {
      type: 'object',
      properties: { file: { type: 'string', pattern: '^[^-]' }, d: { type: 'number' }, fast: { type: 'boolean' } },
      additionalProperties: false,
    };
    await using here = await ProgramSite.start('printf "%s|" "$@"', { arguments: schema });
    const given = { file: '$image[path]', d: '1.5', fast: true };
    await here.run({ arguments: given }, { payload: { image: { path: 'a b; rm -rf /$HOME' } } });
    expect(await here.told('success')).toMatchObject({
      program: { log: '--file=a b; rm -rf /$HOME|--d=1.5|--fast|' },
    });
  });

  it('reads what it is given, in an environment that the site chose, with nothing of Baton’s own', async () => {
    await using here = await ProgramSite.start('cat; echo; env | grep -v ^BATON_ | cut -d= -f1 | sort | xargs', {
      environment: { LICENCE: '27000@host' },
      variables: ['OMP_NUM_THREADS'],
    });
    await here.run(
      { stdin: { resolution: 2 }, environment: { OMP_NUM_THREADS: '$threads' } },
      { payload: { threads: 4 } },
    );
    const { program } = (await here.told('success')) as { program: { log: string } };
    const [input, variables = ''] = program.log.split('\n');
    expect(input).toBe('{"resolution":2}');
    expect(variables.split(' ').filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual([
      'HOME',
      'LANG',
      'LICENCE',
      'OMP_NUM_THREADS',
      'PATH',
      'TMPDIR',
    ]);
  });

  it('leaves in the ledger what it took, however much it printed; all of that is told at its end', async () => {
    await using here = await ProgramSite.start('seq 5000');
    await here.run();
    const [, done] = await here.site.settled(1, 'done', 2);
    const kept = done?.outputs.find(({ channel }) => channel === 'success');
    expect(kept?.payload).toMatchObject({
      program: { exit_code: 0, log: expect.stringMatching(/\n5000\n$/) as string },
    });
    const completed = (await here.told('completed')) as { program: { log: string } };
    expect(completed.program.log).toMatch(/^1\n2\n[^]*\n5000\n$/);
  });

  it('that fails tells so once, with its last lines; a recipe that links failures has dealt with it', async () => {
    await using here = await ProgramSite.start('seq 100; echo "no crystal" >&2; exit 3');
    await here.run({}, { retry: { attempts: 2, delay: 0.1 } });
    const failure = await here.told('failure');
    expect(failure).toMatchObject({ program: { exit_code: 3 }, error: { code: 'command.failed' } });
    expect((failure['error'] as { message: string }).message).toMatch(
      /^work ended with exit code 3\. [^]*\nno crystal$/,
    );
    expect(await here.told('completed')).toEqual({ ...failure, outcome: 'failure' });
    expect(records(here, 1).map(({ outcome }) => outcome)).toEqual(['done', 'retry', 'done']);
  });

  it('that fails, in a recipe without a place for failures, is a dead letter, and completed nevertheless', async () => {
    await using here = await ProgramSite.start('kill -SEGV $$');
    await here.run({}, { output: { completed: 6 } });
    expect(await here.told('completed')).toMatchObject({ program: { signal: 'SIGSEGV' }, outcome: 'failure' });
    const [dead] = await here.site.settled(1, 'dead');
    expect(dead?.cause).toEqual({
      code: 'command.failed',
      message: 'work ended with SIGSEGV, and printed nothing.',
    });
  });
});

describe('a program whose run', () => {
  it('is cancelled is ended, and tells nothing more', async () => {
    await using here = await ProgramSite.start('touch up; sleep 600');
    const run = await here.run({ directory: here.data });
    await isUp(here);
    await here.site.cancel(run);
    const [cancelled] = await here.site.settled(1, 'cancelled');
    expect(cancelled?.sends).toEqual({});
    expect(await here.left()).toEqual([]);
  });

  it('has a step with a shorter time-out is ended by that, and fails', async () => {
    await using here = await ProgramSite.start('sleep 600');
    await here.run({}, { timeout: 1 });
    expect(await here.told('failure')).toMatchObject({ error: { code: 'timeout' } });
    expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
    expect(await here.left()).toEqual([]);
  });

  it('outlives the service is put off without an attempt, when that has to stop at once', async () => {
    await using here = await ProgramSite.start('touch up; sleep 600');
    await here.run({ directory: here.data });
    await isUp(here);
    await here.site.host.stop(true);
    const [later] = await here.site.settled(1, 'later');
    expect(later).toMatchObject({ attempt: 1, cause: { message: 'the service stopped while the program ran' } });
    expect(await here.left()).toEqual([]);
  });
});

async function isUp(here: ProgramSite): Promise<void> {
  await here.told('starting');
  await expect.poll(async () => await readdir(here.data), { interval: 10, timeout: 10_000 }).toContain('up');
}

function records(here: ProgramSite, step: number): StepRecord[] {
  return here.site.records.filter((record): record is StepRecord => record.kind === 'step' && record.step === step);
}
