import { expect, it } from 'vitest';
import { forBytes } from '../../src/services/sharing.ts';

it('leaves no core to helpers of the collector where the processes need them all', () => {
  expect(forBytes(3, 2)).toContain('--single-threaded-gc');
  expect(forBytes(3, 3)).not.toContain('--single-threaded-gc');
});
