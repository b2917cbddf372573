import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Books, type BookedRun } from '../../chaos/books.ts';
import { isDeadLetterQueue } from '../../chaos/dead-letters.ts';
import { runChaos, type Rest } from '../../chaos/run.ts';
import { shownTallies, stepView, waiting } from '../../src/ledger/states.ts';
import { askQueues } from '../../src/services/ask-queues.ts';
import { activemqAvailable } from '../fixtures/activemq.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from '../web/browser.ts';
import { startFront } from './front.ts';
import { shownAnnouncements, shownQueues, shownRuns, shownSteps, shownSum, type ShownRow } from './shown.ts';

/** Another pattern of kills each time; what fails tells its seed. */
const seed = Date.now() % 1_000_000;
const patience = { timeout: 30_000 };

requireOrSkip('Chromium', chromiumAvailable())('the page of a Baton that was killed again and again, at rest', () => {
  let built: BuiltPage;
  let browser: Browser;

  beforeAll(async () => {
    built = await buildPage();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await built[Symbol.asyncDispose]();
  });

  it('shows the counts of the ledger and of the broker', { timeout: 300_000, retry: 0 }, async () => {
    await compare('embedded');
  });

  it.skipIf(!activemqAvailable())(
    'shows the counts of the ledger and of the broker, on ActiveMQ',
    { timeout: 300_000, retry: 0 },
    async () => {
      await compare('activemq');
    },
  );

  async function compare(broker: 'embedded' | 'activemq'): Promise<void> {
    await using folder = await temporaryFolder();
    let compared = 0;
    const atRest = async (rest: Rest): Promise<void> => {
      await using front = await startFront(built.folder, rest.page);
      const reader = await startReader(browser, front.address);
      using books = new Books(rest.store);
      await expectOverview(reader.page, front.address, rest, books);
      await expectFailed(reader.page, front.address, rest);
      const runs = books.runs();
      expect(await shownRuns(reader.page, front.address)).toEqual(runs.map(lineOf));
      for (const run of runs)
        expect(await shownSteps(reader.page, front.address, run.id), run.id).toEqual(stepsOf(run));
      compared = runs.length;
      await reader.page.context().close();
    };
    const chaos = { broker, messages: 180, kills: 3, harms: [], seed, folder: folder.path } as const;
    const { findings } = await runChaos({ ...chaos, progress: () => undefined, atRest });
    expect({ seed, findings }).toEqual({ seed, findings: [] });
    expect(compared).toBeGreaterThan(3);
  }
});

/** The overview is told of the broker's queues every few seconds: it is asked until it shows what the broker says. */
async function expectOverview(page: Page, address: string, { client }: Rest, books: Books): Promise<void> {
  await page.goto(address);
  await page.locator('tr.queue').first().waitFor();
  const { announced, accepted, refused, duplicate } = books.announced();
  const expected = [announced, accepted, refused, duplicate].map(String);
  await expect.poll(() => shownAnnouncements(page), patience).toEqual(expected);
  const differences = async (): Promise<readonly string[]> => {
    const told = (await askQueues(client, ['>'])).filter(({ name }) => !/^ActiveMQ\.(?!DLQ$)/.test(name));
    const lines = told.map(
      ({ name, size, inFlight, consumers }) =>
        `${name}: ${String(Math.max(0, size - inFlight))} waiting, ${String(consumers)} consumers, ${String(inFlight)} in flight`,
    );
    const shown = await shownQueues(page);
    const held = told.reduce((sum, { size, inFlight }) => sum + Math.max(0, size - inFlight), 0);
    const sum = `${String(held)} waiting in ${String(told.length)} queues`;
    return [
      ...lines.filter((line) => !shown.includes(line)).map((line) => `the broker: ${line}`),
      ...shown.filter((line) => !lines.includes(line)).map((line) => `the page: ${line}`),
      ...((await shownSum(page)).includes(sum) ? [] : [`the broker: ${sum}`]),
    ];
  };
  await expect.poll(differences, patience).toEqual([]);
}

/** What is left to look after are the letters that the broker has. */
async function expectFailed(page: Page, address: string, { client }: Rest): Promise<void> {
  const letters = (await askQueues(client, ['>'])).filter(({ name }) => isDeadLetterQueue(name));
  const count = letters.reduce((sum, { size }) => sum + size, 0);
  expect(count).toBeGreaterThan(0);
  await page.goto(`${address}/failed`);
  await expect.poll(() => page.locator('.to-go-number').textContent(), patience).toBe(String(count));
}

/** A run as its row of the list has it, by the equations of its steps. */
function lineOf({ id, state, steps, inferred }: BookedRun): string {
  const views = steps.map((step) => stepView(step, { state, inferred }));
  if (!inferred) expect(steps.map(waiting), id).toEqual(steps.map(() => 0));
  const sum = (of: 'sent' | 'waiting' | 'errorLink'): number => views.reduce((total, step) => total + step[of], 0);
  const dead = steps.reduce((total, step) => total + step.dead - step.reinjected, 0);
  const failed = dead + sum('errorLink');
  const messages = [
    ...(failed > 0 ? [`${String(failed)} failed`] : []),
    ...(sum('waiting') > 0 ? [`${String(sum('waiting'))} waiting`] : []),
    String(sum('sent')),
  ];
  return `${id} ${state}: ${messages.join(', ')}`;
}

const heads: Readonly<Record<(typeof shownTallies)[number], string>> = {
  sent: 'sent',
  done: 'done',
  joined: 'joined',
  skipped: 'skipped',
  duplicate: 'duplicate',
  late: 'late',
  errorLink: 'error link',
  dead: 'dead',
  cancelled: 'cancelled',
  retries: 'retries',
  deferrals: 'deferrals',
};

/** Each step as its row has it. A column that is nought for all steps is left out but for these. */
function stepsOf({ state, inferred, steps }: BookedRun): readonly object[] {
  const always = new Set<string>(['sent', 'done']);
  const views = steps.map((step) => stepView(step, { state, inferred }));
  const shown = shownTallies.filter((tally) => always.has(tally) || views.some((view) => view[tally] > 0));
  return views.map((view) => ({
    ...(Object.fromEntries(shown.map((tally) => [heads[tally], String(view[tally])])) satisfies ShownRow),
    step: String(view.step),
    service: expect.any(String) as string,
    waiting: String(view.waiting),
    'adds up': expect.stringContaining('yes') as string,
  }));
}
