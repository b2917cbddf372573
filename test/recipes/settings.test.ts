import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/recipes/settings.ts';

describe('readSettings', () => {
  it('reads all that a step can say about how it is run', () => {
    const step = {
      'transport-delay': 1.5,
      retry: { attempts: 4, delay: 2, factor: 3, maxDelay: 60 },
      timeout: 10,
      budget: 30,
      join: { count: 3, timeout: 5, by: 'sample[id]', order: 'file-number' },
      group: 'wedge',
      when: { n: 1 },
    };
    expect(readSettings(step)).toEqual({
      delay: 1.5,
      retry: { attempts: 4, delay: 2, factor: 3, maxDelay: 60 },
      timeout: 10,
      budget: 30,
      join: { count: 3, timeout: 5, by: ['sample', 'id'], order: ['file-number'] },
      group: ['wedge'],
      when: { n: 1 },
    });
  });

  it('takes text for the number it is, as substitution leaves it', () => {
    expect(
      readSettings({ 'transport-delay': '2', join: { count: '19', timeout: '1e2' }, retry: { attempts: ' 3 ' } }),
    ).toEqual({
      delay: 2,
      retry: { attempts: 3 },
      join: { count: 19, timeout: 100 },
    });
  });

  it('has defaults for a step that says nothing', () => {
    expect(readSettings({})).toEqual({ delay: 0, retry: {} });
  });

  it('takes what cannot be read for absent', () => {
    expect(readSettings({ 'transport-delay': '{x}', timeout: '', retry: 3, join: { count: null }, group: 5 })).toEqual({
      delay: 0,
      retry: {},
    });
  });

  it('keeps a group that spans the whole run', () => {
    expect(readSettings({ group: true }).group).toBe(true);
  });
});
