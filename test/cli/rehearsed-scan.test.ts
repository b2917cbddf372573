import { expect, it } from 'vitest';
import { frameSize, gridOf } from '../../src/cli/rehearsed-scan.ts';

it('lays out any number of frames as a grid, as near to 3 : 2 as it divides', () => {
  expect([96, 24, 1, 7, 100].map(gridOf)).toEqual([
    [12, 8],
    [6, 4],
    [1, 1],
    [7, 1],
    [10, 10],
  ]);
});

it('reads the size of frames', () => {
  expect(frameSize('1M')).toEqual([1030, 1065]);
  expect(frameSize('512x256')).toEqual([512, 256]);
  for (const wrong of ['', '1', '10x10', '0x100', '99999x99999', '512x', 'axb'])
    expect(() => frameSize(wrong)).toThrow('Expected WIDTHxHEIGHT');
});
