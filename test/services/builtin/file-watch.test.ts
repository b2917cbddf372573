import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fileWatch, isSelected } from '../../../src/services/builtin/file-watch/file-watch.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { SentOutput } from '../../../src/services/record.ts';
import { startEmbeddedBroker, type TestBroker } from '../../fixtures/embedded-broker.ts';
import { uniqueNamespace } from '../../fixtures/namespace.ts';
import { Site } from '../../fixtures/site.ts';
import { temporaryFolder, type TemporaryFolder } from '../../fixtures/temporary-folder.ts';

describe('file-watch', () => {
  let broker: TestBroker;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    broker = await startEmbeddedBroker();
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** Watches with a recipe that is linked over all channels; adds files one by one, and returns what was sent. */
  async function watch(
    parameters: JsonObject,
    files: readonly string[],
    channels: JsonObject = allChannels,
  ): Promise<Site> {
    const site = await Site.start(broker.address(uniqueNamespace()), [fileWatch]);
    await site.run({
      1: { queue: 'filewatcher', parameters: { poll: 0.05, ...parameters }, output: channels },
      2: { queue: 'seen' },
      start: [[1, []]],
    });
    for (const file of files) {
      await site.settled(1, 'done');
      await writeFile(file, '');
    }
    return site;
  }

  it('tells of each file of a pattern as it comes, of the first, the last, and of some', async () => {
    const path = (n: number): string => join(folder.path, `a_${String(n).padStart(3, '0')}.cbf`);
    const parameters = { pattern: join(folder.path, 'a_%03d.cbf'), 'pattern-start': '7', 'pattern-end': '10' };
    await using site = await watch(parameters, [7, 8, 9, 10].map(path));
    const sent = await sentOver(site, 'finally');
    expect(sent.filter(({ channel }) => channel === 'every').map(fileNumber)).toEqual([1, 2, 3, 4]);
    expect(sent.filter(({ channel }) => channel === 'first')).toMatchObject([
      { payload: { file: path(7), 'file-pattern-index': 7 } },
    ]);
    expect(sent.filter(({ channel }) => channel === 'last').map(fileNumber)).toEqual([4]);
    expect(sent.filter(({ channel }) => channel === 'select-2').map(fileNumber)).toEqual([1, 4]);
    expect(sent.filter(({ channel }) => channel === 'any')).toMatchObject([
      { payload: { 'files-expected': 4, 'files-seen': 4, success: true } },
    ]);
    expect(sent.filter(({ channel }) => channel === 'timeout')).toEqual([]);
  });

  it('waits for more files than there is room for in memory', async () => {
    const first = join(folder.path, 'm_1.cbf');
    await using site = await watch({ pattern: join(folder.path, 'm_%d.cbf'), frames: 1e12 }, [first]);
    const sent = (await sentOver(site, 'first')).find(({ channel }) => channel === 'first');
    expect(sent?.payload).toMatchObject({ file: first, 'file-number': 1 });
  });

  it('takes a list of files, all of which may be there already', async () => {
    const list = ['x', 'y', 'z'].map((name) => join(folder.path, name));
    for (const file of list) await writeFile(file, '');
    await using site = await watch({ list, burst: 2 }, []);
    const sent = await sentOver(site, 'finally');
    expect(
      sent.filter(({ channel }) => channel === 'every').map(({ payload }) => (payload as { file: string }).file),
    ).toEqual(list);
  });

  it('tells when a file does not come in time, and how many did', async () => {
    const list = ['p', 'q'].map((name) => join(folder.path, name));
    await using site = await watch({ list, timeout: 0.2 }, list.slice(0, 1));
    const sent = await sentOver(site, 'finally');
    expect(sent.filter(({ channel }) => channel === 'timeout')).toMatchObject([
      { payload: { 'files-seen': 1, success: false } },
    ]);
  });

  it('fails, in words, when a file does not come and the recipe has nothing for that', async () => {
    const list = [join(folder.path, 'never')];
    await using site = await watch({ list, 'timeout-first': 0.2 }, [], { every: 2 });
    expect((await site.settled(1, 'dead'))[0]?.cause?.message).toBe(
      `0 of 1 files came; ${String(list[0])} (number 1) did not within 0.2 s.`,
    );
  });

  it.each([
    [{}, 'Expected exactly one of the parameters list, pattern and hdf5.'],
    [{ pattern: 'x.cbf', frames: 3 }, 'The pattern x.cbf has no placeholder such as %05d.'],
    [{ pattern: '%0999999999d', frames: 3 }, 'The pattern %0999999999d has no placeholder such as %05d.'],
    [
      { pattern: 'x_%d.cbf' },
      'With pattern, pattern-end (or frames) must say where it ends, at or after pattern-start.',
    ],
    [{ hdf5: 'x.h5' }, 'With hdf5, the parameter frames must say how many there will be.'],
  ])('refuses %j', async (parameters, reason) => {
    await using site = await watch(parameters, []);
    expect((await site.settled(1, 'dead'))[0]?.cause?.message).toBe(reason);
  });
});

it('select-n chooses n indices, evenly, with the first and the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 500 }), (n, count) => {
      const chosen = Array.from({ length: count }, (_, index) => index).filter((index) => isSelected(index, n, count));
      expect(chosen).toHaveLength(Math.min(n, count));
      expect([chosen[0], chosen.at(-1)]).toEqual([0, count - 1]);
      const gaps = chosen.slice(1).map((index, at) => index - (chosen[at] ?? 0));
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }),
  );
});

const allChannels = { first: 2, every: 2, 'select-2': 2, last: 2, any: 2, finally: 2, timeout: 2 };

function fileNumber({ payload }: SentOutput): number {
  return (payload as { 'file-number': number })['file-number'];
}

/** All that the watch sent, once it has sent over this channel. */
async function sentOver(site: Site, channel: string): Promise<readonly SentOutput[]> {
  for (let settled = 1; ; settled += 1) {
    const sent = (await site.settled(1, 'done', settled)).flatMap(({ outputs }) => outputs);
    if (sent.some((output) => output.channel === channel)) return sent;
  }
}
