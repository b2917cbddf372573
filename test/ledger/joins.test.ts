import { describe, expect, it } from 'vitest';
import type { JoinRecord } from '../../src/services/record.ts';
import { openBook, type OpenBook } from './open-book.ts';

describe('the ledger, asked whether a join may close', () => {
  it('lets the first close it, and tells everybody else who was in it', async () => {
    await using here = await openBook();
    expect(asked(here, 'closing', ['a', 'b'])).toEqual({ join: 'j', members: ['a', 'b'] });
    expect(asked(here, 'closing', ['c'])).toEqual({ join: 'j', members: ['a', 'b'] });
    expect(asked(here, 'closing', ['a', 'b'])).toEqual({ join: 'j', members: ['a', 'b'] });
  });

  it('lets nobody into one that has closed', async () => {
    await using here = await openBook();
    expect(asked(here, 'closed')).toBeUndefined();
    expect(asked(here, 'closing', ['c'])).toEqual({ join: 'j', members: [] });
  });

  it('lets one close again whose members are dead letters', async () => {
    await using here = await openBook();
    asked(here, 'closing', ['a', 'b']);
    asked(here, 'open');
    expect(asked(here, 'closing', ['c'])).toEqual({ join: 'j', members: ['c'] });
  });

  it('says whether it has closed, and closes none by that', async () => {
    await using here = await openBook();
    expect(asked(here, 'asked')).toEqual({ join: 'j', members: null });
    asked(here, 'closed');
    expect(asked(here, 'asked')).toEqual({ join: 'j', members: [] });
  });

  it('has heard of no run by that', async () => {
    await using here = await openBook();
    asked(here, 'closing', ['a']);
    expect(here.queries.run('r')).toBeUndefined();
  });
});

/** The answer on the topic, if there is one. */
function asked(book: OpenBook, state: JoinRecord['state'], members: readonly string[] = []): unknown {
  const { sends } = book.enter([{ kind: 'join', id: 'j', run: 'r', state, members }]);
  const [answer, ...others] = [...sends.values()].flat();
  expect(others).toEqual([]);
  if (!answer) return undefined;
  expect(answer.destination).toBe('/topic/baton.joins');
  return JSON.parse(answer.body.toString());
}
