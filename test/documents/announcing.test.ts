import { expect, it } from 'vitest';
import { run, startBaton } from '../fixtures/baton.ts';
import { python, stompPyAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { blocksIn } from './blocks.ts';
import { read } from './documents.ts';

requireOrSkip("Python's stomp.py", stompPyAvailable())('the program in the README', () => {
  it('announces, and prints each answer', async () => {
    await using baton = await startBaton();
    const [program] = blocksIn(read('README.md')).filter(({ language }) => language === 'python');
    const { port } = new URL(baton.brokerUrl);
    const { code, stdout, stderr } = await run(python, ['-c', program?.text.replace('61613', port) ?? '']);
    const statuses = Array.from(stdout.matchAll(/'status': '(\w+)'/g), ([, status]) => status);
    expect({ code, statuses, stderr }).toEqual({ code: 0, statuses: ['accepted', 'finished'], stderr: '' });
  });
});
