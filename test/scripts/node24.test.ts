import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const launcher = new URL('../../scripts/node24.mjs', import.meta.url).pathname;

describe('scripts/node24.mjs', () => {
  it('runs a TypeScript file with its arguments and ends as it does', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'told.ts');
    await writeFile(
      file,
      'const given: string[] = process.argv.slice(1); console.log(JSON.stringify(given)); process.exitCode = 3;',
    );
    const { stdout, status } = spawnSync(process.execPath, [launcher, file, '--once', 'two words'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual([file, '--once', 'two words']);
    expect(status).toBe(3);
  });
});
