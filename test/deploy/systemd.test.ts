import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../documents/command-lines.ts';
import { checkout, read } from '../documents/documents.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const own = ['baton.service', 'baton-service@.service'];
const units = [...own, 'activemq.service'];

describe.each(own)('deploy/systemd/%s', (unit) => {
  it('starts a command that there is', () => {
    const commands = Array.from(read(`deploy/systemd/${unit}`).matchAll(/^ExecStart=\S+baton\.mjs (.*)$/gm));
    expect(commands).toHaveLength(1);
    expect(commands.flatMap(([, line = '']) => problemsOf(line))).toEqual([]);
  });
});

const analyse = '/usr/bin/systemd-analyze';

requireOrSkip('systemd-analyze', existsSync(analyse))('the units of systemd', () => {
  it('are right to the word', async () => {
    await using folder = await temporaryFolder();
    for (const unit of units) {
      // It looks whether the command is there.
      const text = read(`deploy/systemd/${unit}`).replaceAll('/opt/baton', checkout);
      await writeFile(join(folder.path, unit.replace('@', '@analysis')), text);
    }
    const files = units.map((unit) => join(folder.path, unit.replace('@', '@analysis')));
    const { stdout, stderr } = await promisify(execFile)(analyse, [
      'verify',
      '--man=no',
      '--recursive-errors=no',
      ...files,
    ]);
    expect(stdout + stderr).toBe('');
  });
});
