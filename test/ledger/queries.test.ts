import { describe, expect, it } from 'vitest';
import type { RunFilter } from '../../src/ledger/queries.ts';
import { openBook, type OpenBook } from './open-book.ts';
import { announced, cancelled, noon, replied, settled } from './records.ts';

/** Ten runs, 0 to 9: odd ones failed, the last one still runs. */
async function tenRuns(): Promise<OpenBook> {
  const ledger = await openBook();
  const runs = Array.from({ length: 10 }, (_, n) => {
    const run = `run-${String(n)}`;
    const announcement = announced(run, {
      received: noon + n,
      beamline: n < 5 ? 'i03' : 'i04',
      visit: `mx23-${String(n % 3)}`,
      collection: `thaumatin_${String(n)}`,
      recipes: n === 4 ? ['indexing', 'gridscan'] : ['gridscan'],
    });
    return n === 9 ? [announcement] : [announcement, settled(run, 1, n % 2 === 1 ? 'dead' : 'done')];
  });
  ledger.enter(...runs);
  return ledger;
}

const numbers = (ledger: OpenBook, filter: Partial<RunFilter>): string =>
  ledger.queries
    .runs({ limit: 50, ...filter })
    .items.map(({ id }) => id.slice(4))
    .join('');

describe('the list of runs', () => {
  it('has the newest first', async () => {
    await using ledger = await tenRuns();
    expect(numbers(ledger, {})).toBe('9876543210');
  });

  it('comes in pages, of which each leads to the next and the last to none', async () => {
    await using ledger = await tenRuns();
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ledger.queries.runs({ limit: 4, cursor });
      pages.push(page.items.map(({ id }) => id.slice(4)).join(''));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(pages).toEqual(['9876', '5432', '10']);
  });

  it('tells which of them are being cancelled, until they have ended', async () => {
    await using ledger = await tenRuns();
    const cancelling = (): readonly string[] =>
      ledger.queries.runs({ limit: 10 }).items.flatMap(({ id, isCancelling }) => (isCancelling === true ? [id] : []));
    ledger.enter([announced('run-X'), cancelled('run-X')]);
    expect(cancelling()).toEqual(['run-X']);
    expect(ledger.queries.summary('run-X')).toMatchObject({ state: 'running', isCancelling: true });
    ledger.enter([settled('run-X', 1, 'cancelled')]);
    expect(ledger.queries.summary('run-X')).toMatchObject({ state: 'cancelled' });
    expect(cancelling()).toEqual([]);
  });

  it('keeps its place while new runs come in', async () => {
    await using ledger = await tenRuns();
    const { next } = ledger.queries.runs({ limit: 4 });
    ledger.enter([announced('run-X')]);
    expect(numbers(ledger, { cursor: next, limit: 4 })).toBe('5432');
  });

  it.each([
    [{ state: 'failed' }, '7531'],
    [{ state: 'running' }, '9'],
    [{ state: 'cancelled' }, ''],
    [{ beamline: 'i03' }, '43210'],
    [{ beamline: 'i03', state: 'failed' }, '31'],
    [{ visit: 'mx23-1' }, '741'],
    [{ visit: 'mx23-1', state: 'failed' }, '71'],
    [{ text: 'index' }, '4'],
    [{ text: 'thaumatin_7' }, '7'],
    [{ text: 'run-3' }, '3'],
    [{ text: 'grid i03' }, '43210'],
    [{ text: 'GRID', state: 'failed', limit: 2 }, '75'],
    [{ text: 'grid', beamline: 'i03', cursor: '3' }, '10'],
    [{ text: 'nowhere' }, ''],
    [{ text: '"* -(' }, '9876543210'],
    [{ text: 'i03 OR i04' }, ''],
  ] as const)('is narrowed by %o', async (filter, expected) => {
    await using ledger = await tenRuns();
    expect(numbers(ledger, filter)).toBe(expected);
  });

  it.each([
    ['a word of many that begin alike', 'sample1', 11],
    ['the beginning of many words', 'SAMPL', 20],
    ['the beginning of few words', 'lysoz', 2],
    ['the inside of a word', 'ample', 0],
    ['words of which one is nowhere', 'sampl tomography', 0],
    ['the beginnings of two words', 'lysoz grids', 2],
    ['a word, of the visit', 'sampl', 10, { visit: 'mx23-0' }],
    ['a word, of another visit that begins alike', 'sampl', 0, { visit: 'mx23' }],
  ] as const)('is searched for %s', async (_what, text, count, more: Partial<RunFilter> = {}) => {
    await using ledger = await openBook();
    const names = [...Array.from({ length: 20 }, (_, n) => `sample${String(n)}`), 'lysozyme', 'lysozymes-2'];
    ledger.enter(
      names.map((collection, n) =>
        announced(`run-${String(n)}`, { collection, visit: `mx23-${String(n % 2)}`, recipes: ['gridscan'] }),
      ),
    );
    expect(ledger.queries.runs({ limit: 50, text, ...more }).items).toHaveLength(count);
  });

  it('leads to a run that fits far back, through pages that may be empty', async () => {
    await using ledger = await openBook();
    const run = (n: number): string => `run-${String(n)}`;
    ledger.enter([announced(run(0)), settled(run(0), 1, 'dead')], [announced(run(1)), settled(run(1), 1, 'dead')]);
    for (let first = 2; first < 9_000; first += 500)
      ledger.enter(Array.from({ length: 500 }, (_, n) => announced(run(first + n))));
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ledger.queries.runs({ limit: 1, text: 'run', state: 'failed', cursor });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(found).toEqual([run(1), run(0)]);
  });

  it('finds the few runs that have two words, each of which thousands have', async () => {
    await using ledger = await openBook();
    const events = (first: number, event: string, count: number): void => {
      const run = (n: number): string => `run-${String(first + n)}`;
      ledger.enter(Array.from({ length: count }, (_, n) => announced(run(n), { event, collection: 'c' })));
    };
    events(0, 'start', 2_500);
    ledger.enter([announced('both', { event: 'start', collection: 'end' })]);
    events(2_500, 'end', 2_500);
    const find = (text: string): readonly string[] => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = ledger.queries.runs({ limit: 50, text, cursor });
        found.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== undefined);
      return found;
    };
    expect(find('start end')).toEqual(['both']);
    expect(find('END star')).toEqual(['both']);
    expect(find('run-2499 start')).toEqual(['run-2499']);
    expect(find('start run')).toHaveLength(2_500);
  });

  it('finds a run by its id before its announcement has come, and by its words after', async () => {
    await using ledger = await openBook();
    ledger.enter([settled('early-bird', 1, 'done')]);
    expect(ledger.queries.runs({ limit: 1, text: 'early' }).items).toHaveLength(1);
    ledger.enter([announced('early-bird', { visit: 'nt1-2' })]);
    expect(ledger.queries.runs({ limit: 1, text: 'nt1-2' }).items).toHaveLength(1);
    expect(ledger.queries.runs({ limit: 1, text: 'early-bird' }).items).toHaveLength(1);
  });
});

describe('a run in detail', () => {
  it('has its announcement, steps, deliveries, results and replies', async () => {
    await using ledger = await openBook();
    const recipe = {
      '1': { service: 'watch', queue: 'file-watch', output: 2 },
      '2': { queue: 'find' },
      start: [[1, []]],
    };
    const outputs = [{ step: 2, channel: 'every', key: 'k', bytes: 9, payload: { file: 'a' } }];
    const cause = { code: 'x.busy', message: 'busy' };
    ledger.enter([announced('r', { recipe, recipeHash: 'abc', user: 'gda', runNumber: '7' })]);
    ledger.enter([
      settled('r', 1, 'retry', { cause }),
      settled('r', 1, 'done', { attempt: 2, sends: { '2': 1 }, outputs }),
    ]);
    ledger.enter([replied('r', { outcome: 'late', reason: 'too late' })]);
    expect(ledger.run('r')).toMatchObject({
      id: 'r',
      state: 'running',
      parameters: { guid: 'r' },
      recipe,
      recipeHash: 'abc',
      user: 'gda',
      runNumber: '7',
      steps: [
        { step: 1, service: 'service-1', queue: 'queue.1', sent: 1, done: 1, retries: 1 },
        { step: 2, queue: 'find', sent: 1, waiting: 1 },
      ],
      deliveries: [
        { attempt: 2, outcome: 'done', outputs },
        { attempt: 1, outcome: 'retry', cause, outputs: [] },
      ],
      results: [],
      replies: [{ status: 'finished', to: '/queue/answers', outcome: 'late', time: noon + 30, reason: 'too late' }],
    });
  });

  it('has all results of a delivery', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r'), settled('r', 1, 'done', { results: [{ grid: 1 }, null, 'two'] })]);
    expect(ledger.run('r').results.map(({ result }) => result)).toEqual(['two', null, { grid: 1 }]);
  });

  it('has results of any kind of JSON, the latest first', async () => {
    await using ledger = await openBook();
    ledger.enter([announced('r', { sends: { '1': 2 } })]);
    ledger.enter([
      settled('r', 1, 'done', { result: null }),
      settled('r', 1, 'done', { n: 2, result: [1, { a: 'ü' }] }),
    ]);
    expect(ledger.run('r').results.map(({ result }) => result)).toEqual([[1, { a: 'ü' }], null]);
  });

  it('has the latest 200 deliveries of many', async () => {
    await using ledger = await openBook();
    const many = Array.from({ length: 250 }, (_, n) => settled('r', 1, 'done', { n }));
    ledger.enter([announced('r', { sends: { '1': 250 } })], many);
    const { deliveries, state } = ledger.run('r');
    expect([state, deliveries.length, deliveries[0]?.key]).toEqual(['finished', 200, 'r/1/249']);
  });

  it('is not there when the ledger has not heard of it', async () => {
    await using ledger = await openBook();
    expect([ledger.queries.run('r'), ledger.queries.summary('r')]).toEqual([undefined, undefined]);
  });
});
