import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FrameSource } from '../../src/detectors/frame.ts';
import { openFrames } from '../../src/detectors/open.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { DetectorProcess, frameValue, scan } from './growing-scan.ts';

describe('a data set that another process is writing', () => {
  it('has each frame as soon as the writer has written it, over several files, and all when it is closed', async () => {
    await using folder = await temporaryFolder();
    await using detector = await DetectorProcess.start(folder.path);
    await using source = await openFrames(join(folder.path, 'scan_master.h5'));
    expect(await source.frameCount()).toBe(0);
    await expect(source.read(0)).rejects.toMatchObject({ code: 'detectors.absent' });
    for (let frame = 0; frame < scan.frames; frame++) {
      await detector.write();
      // In turn: asked for first, and read unasked.
      if (frame % 2 === 0) expect(await source.frameCount()).toBe(frame + 1);
      await expectFrame(source, frame);
      await expectFrame(source, frame >> 1);
    }
    await detector.close();
    expect(await source.frameCount()).toBe(scan.frames);
    await expectFrame(source, scan.frames - 1);
  });

  it('keeps what was written when the writer is killed', async () => {
    await using folder = await temporaryFolder();
    await using detector = await DetectorProcess.start(folder.path);
    for (let frame = 0; frame < 3; frame++) await detector.write();
    await detector[Symbol.asyncDispose]();
    await using source = await openFrames(join(folder.path, 'scan_master.h5'));
    expect(await source.frameCount()).toBe(3);
    for (let frame = 0; frame < 3; frame++) await expectFrame(source, frame);
  });

  it('is read by several sources at once, in the same process too', async () => {
    await using folder = await temporaryFolder();
    await using detector = await DetectorProcess.start(folder.path);
    await using first = await openFrames(join(folder.path, 'scan_master.h5'));
    await detector.write();
    expect(await first.frameCount()).toBe(1);
    await using second = await openFrames(join(folder.path, 'scan_master.h5'));
    await detector.write();
    expect(await Promise.all([first.frameCount(), second.frameCount()])).toEqual([2, 2]);
    await Promise.all([expectFrame(first, 1), expectFrame(second, 1), expectFrame(first, 0)]);
  });
});

async function expectFrame(source: FrameSource, frame: number): Promise<void> {
  const { pixels } = await source.read(frame);
  expect(pixels).toEqual(new Uint16Array(scan.width * scan.height).map((_, pixel) => frameValue(frame, pixel)));
}
