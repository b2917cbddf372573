import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Program } from '../../../../src/services/builtin/command/program.ts';
import type { ProgramSite } from './programs.ts';

const megabyte = 1024 * 1024;

/** A site with the program `work`: this script, and what else is to be said of it. */
export type StartSite = (script: string, program?: Partial<Program>) => Promise<ProgramSite>;

/** What comes of programs that misbehave, and of recipes that ask for what they may not, wherever programs run. */
export function exerciseHostile(backend: string, start: StartSite): void {
  describe('what a recipe may not do', () => {
    const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
      [
        'an unknown program',
        { program: 'wrok' },
        'There is no program "wrok" at this site (did you mean "work"?); known are work.',
      ],
      [
        'arguments that are not permitted',
        { arguments: ['-x'] },
        'work: the arguments: it must NOT have more than 0 items, got a list of 1.',
      ],
      [
        'a reference to what is not there',
        { arguments: ['$file'] },
        'arguments, entry 1 is "$file", and the payload has no such field.',
      ],
      [
        'a variable that is not permitted',
        { environment: { LD_PRELOAD: '/tmp/x.so' } },
        'work: the variable "LD_PRELOAD" is not one to be set; a recipe may set none.',
      ],
      [
        'a folder that is not there',
        { directory: 'DATA/none' },
        "The program cannot work in DATA/none: ENOENT: no such file or directory, realpath 'DATA/none'.",
      ],
      ['a folder elsewhere', { directory: '/etc' }, 'The program cannot work in /etc: work may work below DATA.'],
      [
        'a folder that a link leads out to',
        { directory: 'DATA/out' },
        'The program cannot work in DATA/out: work may work below DATA, and this is /etc.',
      ],
      ['more than is permitted', { timeout: 61 }, 'work: it may have 60 seconds, and the step asks for 61.'],
      [
        'more than there is',
        { resources: { gpus: 1 } },
        `The program asks for 1 gpus; the backend "${backend}" has 0.`,
      ],
      ['an unknown backend', { backend: 'slrum' }, `There is no backend "slrum"; known are ${backend}.`],
      [
        'results that would be gone',
        { results: ['*'] },
        'work: results need a directory, for its own folder is removed after the program.',
      ],
      [
        'results elsewhere',
        { directory: 'DATA', results: ['../*'] },
        'work: the result "../*" leads out of the directory.',
      ],
    ];

    it.each(refused)('%s is refused in words, and nothing is run', async (_name, parameters, message) => {
      await using here = await start('touch ran', { limits: { time: '1m' } });
      await symlink('/etc', join(here.data, 'out'));
      const placed = JSON.parse(JSON.stringify(parameters).replaceAll('DATA', here.data)) as JsonObject;
      await here.run(placed, { output: { completed: 6 } });
      const [dead] = await here.site.settled(1, 'dead');
      expect(dead?.cause?.message).toBe(message.replaceAll('DATA', here.data));
      expect(await here.told('completed')).toMatchObject({ outcome: 'failure', error: dead?.cause });
      expect((await readdir(here.data)).sort()).toEqual(['out']);
    });
  });

  describe('a program that misbehaves', () => {
    const misbehaving: readonly (readonly [string, string, string | RegExp])[] = [
      ['answers what is no JSON', 'echo "{" > "$BATON_OUTPUT"', /^work answered what cannot be read, in line 1: /],
      ['answers half a line', 'printf "{\\"channel\\": \\"res" > "$BATON_OUTPUT"', /in line 1/],
      ['answers no message', 'echo "[1]" > "$BATON_OUTPUT"', /in line 1: expected an object\./],
      [
        'claims success itself',
        'echo "{\\"channel\\": \\"success\\"}" > "$BATON_OUTPUT"',
        /the channel success is sent by how the program ends/,
      ],
      [
        'answers a gigabyte',
        'head -c 1000000000 /dev/zero > "$BATON_OUTPUT"; sleep 600',
        /^work was ended: it printed and answered more than 1048576 bytes/,
      ],
      [
        'prints a gigabyte',
        'head -c 1000000000 /dev/zero; sleep 600',
        /^work was ended: it printed and answered more than 1048576 bytes/,
      ],
      ['answers with a link to what is not its own', 'ln -s /etc/passwd "$BATON_OUTPUT"', /in all: ELOOP/],
      ['answers with what never ends', 'mkfifo "$BATON_OUTPUT"', /in all: it is no file/],
      ['leaves no result', 'true', /^work ended well, but left no result "\*\.mtz" in /],
      ['leaves a link as its result', 'ln -s /etc/passwd a.mtz', /^work ended well, but left no result "\*\.mtz" in /],
      ['ignores TERM', 'trap "" TERM; sleep 600 & sleep 600; sleep 600', /^work was ended: it took longer than 1 s/],
      ['forks away and fails', '(env -i setsid sleep 600 >/dev/null 2>&1 &) & exit 1', /^work ended with exit code 1/],
    ];

    it.each(misbehaving)(
      '(%s) fails clearly, and leaves nothing',
      async (_name, script, message) => {
        await using here = await start(script, { limits: { output: megabyte, time: 1 } });
        await here.run({ directory: here.data, results: ['*.mtz'] });
        const failure = (await here.told('failure')) as { error: { message: string } };
        expect(failure.error.message).toMatch(message);
        expect(await here.told('completed')).toMatchObject({ outcome: 'failure' });
        expect(await here.left()).toEqual([]);
        await here.site.settled(1, 'done', 2);
        const [own] = (await readdir(join(here.folder, 'jobs'))).map((name) => join(here.folder, 'jobs', name));
        expect(await readdir(own ?? '')).toEqual(['alive']);
      },
      30_000,
    );

    it('and goes on after its success has no say any more', async () => {
      await using here = await start(
        'echo "{\\"channel\\": \\"result\\", \\"payload\\": 1}" > "$BATON_OUTPUT"; (sleep 1; echo late >> "$BATON_OUTPUT"; touch late) & exit 0',
      );
      await here.run({ directory: here.data });
      expect(await here.told('result')).toBe(1);
      expect(await here.told('success')).toMatchObject({ program: { exit_code: 0 } });
      expect(await here.left()).toEqual([]);
      expect(await readdir(here.data)).toEqual([]);
    });
  });
}
