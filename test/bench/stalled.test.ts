import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Progress } from '../../bench/stalled.ts';

it('what is measured may be slow, but not stand still', async () => {
  const progress = new Progress(10, 100);
  for (let done = 0; done < 5; done += 1) {
    await sleep(40);
    progress.check(done);
  }
  const standStill = async (): Promise<never> => {
    for (;;) {
      await sleep(10);
      progress.check(4);
    }
  };
  await expect(standStill()).rejects.toThrow('4 of 10 were done, and none in 0.1 s');
});
