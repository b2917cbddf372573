import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayScan, type Replay } from '../../src/rehearsal/replay.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts';

describe('a replayed scan', () => {
  it('puts the frames of a folder into another one by one, in the order of their numbers, each whole', async () => {
    await using folder = await temporaryFolder();
    const replay = await scanIn(folder, ['scan_09.cbf.gz', 'scan_10.cbf.gz', 'scan_11.cbf.gz', 'notes.txt']);
    const frames = await replayScan(replay);
    const seen: string[][] = [];
    for await (const written of frames.write(AbortSignal.timeout(20_000))) {
      seen.push((await readdir(replay.folder)).sort());
      expect(seen).toHaveLength(written);
    }
    expect(seen).toEqual([
      ['scan_09.cbf.gz'],
      ['scan_09.cbf.gz', 'scan_10.cbf.gz'],
      ['scan_09.cbf.gz', 'scan_10.cbf.gz', 'scan_11.cbf.gz'],
    ]);
    expect(await readFile(join(replay.folder, 'scan_10.cbf.gz'), 'utf8')).toBe('scan_10.cbf.gz');
  });

  it.each(['horizontal', 'vertical'] as const)(
    'is announced as a %s line of positions, with its pattern',
    async (orientation) => {
      await using folder = await temporaryFolder();
      const replay = { ...(await scanIn(folder, ['a_0004.cbf', 'a_0005.cbf'])), orientation };
      expect(await replayScan(replay)).toMatchObject({
        count: 2,
        parameters: {
          file_pattern: join(replay.folder, 'a_%04d.cbf'),
          first_number: 4,
          steps_x: orientation === 'horizontal' ? 2 : 1,
          steps_y: orientation === 'horizontal' ? 1 : 2,
        },
      });
    },
  );

  it.each([
    [[], 'it has no numbered CBF files'],
    [['a.cbf', 'a_1.tiff'], 'it has no numbered CBF files'],
    [['a_1.cbf', 'b_2.cbf'], 'it has more than one series, a_1.cbf and b_2.cbf'],
    [['a_1.cbf', 'a_3.cbf'], 'its numbers have a gap before a_3.cbf'],
  ])('is refused in words when the folder holds %j', async (names, reason) => {
    await using folder = await temporaryFolder();
    const code = 'rehearsal.nothing-to-replay';
    await expect(replayScan(await scanIn(folder, names))).rejects.toMatchObject({ code, fields: { reason } });
  });

  it('is refused in words when there is no such folder', async () => {
    await using folder = await temporaryFolder();
    const replay = { ...(await scanIn(folder, [])), from: join(folder.path, 'nowhere') };
    await expect(replayScan(replay)).rejects.toMatchObject({ code: 'rehearsal.nothing-to-replay' });
  });
});

async function scanIn(folder: TemporaryFolder, names: readonly string[]): Promise<Replay> {
  const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')];
  await mkdir(from);
  await mkdir(to);
  for (const name of names) await writeFile(join(from, name), name);
  return { from, folder: to, rate: 1e6, orientation: 'horizontal', snaked: false };
}
