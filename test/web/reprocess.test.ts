import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Facility, type Desk, type FacilityBroker } from '../reprocess/facility.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';

/** With `BATON_PICTURES=docs/pictures` the pictures of the documents are written there. */
const pictures = process.env['BATON_PICTURES'];

/** Time that passes, and more where a test says so. */
class HandClock implements Clock {
  #more = 0;

  now(): number {
    return Date.now() + this.#more;
  }

  pass(seconds: number): void {
    this.#more += seconds * 1000;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(milliseconds, signal);
  }
}

requireOrSkip('Chromium', chromiumAvailable())('data staff on the page, on the embedded broker', () => {
  exercisePage(startEmbeddedBroker);
});

requireOrSkip('Chromium and ActiveMQ', chromiumAvailable() && activemqAvailable())(
  'data staff on the page, on ActiveMQ',
  () => {
    exercisePage(startActiveMQ);
  },
);

function exercisePage(start: () => Promise<FacilityBroker>): void {
  let built: BuiltPage;
  let browser: Browser;
  let broker: FacilityBroker;
  beforeAll(async () => {
    built = await buildPage();
    browser = await startBrowser();
    broker = await start();
  }, 120_000);
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    await browser.close();
    await built[Symbol.asyncDispose]();
  });

  it(
    'reprocess runs 4, 6 to 8 with another parameter while a live scan comes in: live goes first, each run once',
    { timeout: 120_000 },
    async () => {
      const clock = new HandClock();
      await using facility = await Facility.open(broker);
      await using desk = await facility.desk({ clock, rules: { quietSeconds: 600, queueHigh: 1_000, queueLow: 100 } });
      using access = openAccess(join(facility.folder, 'access'));
      await using monitor = await startMonitor({
        ...{ access, ledger: desk.ledger, client: desk.client, reprocessing: desk.reprocessing },
        ...{ port: 0, version: '1', webRoot: built.folder, queueInterval: 0.1 },
      });
      await live(facility, desk, [1, 2, 3, 4, 6, 7, 8, 9]);
      clock.pass(600);

      await using reader = await startReader(browser, monitor.url);
      const { page } = reader;
      await page.goto(`${monitor.url}reprocess`);
      await page.getByText('There has been none yet.').waitFor();
      await page.getByLabel('Run numbers').fill('4,5-8,x');
      await page.getByLabel('Visit').fill('mx1-1');
      await page.getByText('cannot be read at position 7: expected a run number').waitFor();
      await page.getByLabel('Run numbers').fill('4-8');
      await page.getByText('there is no run with the number 5').waitFor();
      await page.getByLabel('Run numbers').fill('4,6-8');
      const counted = page.getByRole('region', { name: 'What that would be' });
      await counted.getByText('4 runs', { exact: true }).waitFor();
      await counted.getByText('4 steps, 4 messages').waitFor();
      await page.getByLabel('At once').fill('1');
      await page.getByLabel('Runs a minute').fill('6000');

      const threshold = page.getByLabel('threshold', { exact: true });
      expect(await threshold.getAttribute('placeholder')).toBe('as it was: 10');
      await page.getByText('counts of a spot · from 0 to 100').waitFor();
      await threshold.fill('much');
      await page.getByRole('alert').getByText('expected a number').waitFor();
      await threshold.fill('300');
      await page.getByText('The parameter "threshold" cannot be that').waitFor();
      await threshold.fill('30');
      // The browser complains of each question that was refused.
      reader.complaints.splice(0, Infinity, ...reader.complaints.filter((text) => !text.includes('400')));
      await counted.getByText('1 at once').waitFor();
      await counted.getByText('The runs', { exact: true }).click();
      expect(await counted.getByRole('row').count()).toBe(5);
      expect(await page.evaluate(audit)).toEqual([]);
      await picture(page, 'reprocess');
      expect(facility.works).toHaveLength(8);

      const letGo = facility.keep(4);
      await page.getByLabel('Why?').fill('a better threshold');
      await page.getByRole('button', { name: 'Reprocess 4 runs' }).click();
      await page.getByRole('heading', { name: 'runs 4,6-8, mx1-1' }).waitFor();
      const figures = page.getByRole('list', { name: 'Runs by state' });
      await figures.getByText('1 running').waitFor();
      await figures.getByText('3 waiting').waitFor();
      await facility.worked(({ threshold: given }) => given === 30);

      // A live scan comes in, and what waits goes on waiting when there would be room for it.
      await live(facility, desk, [20, 21]);
      await page.getByText(/Held: live data since .* at i24\./).waitFor();
      await page.locator('.summary .state').getByText('held').waitFor();
      expect(await page.evaluate(audit)).toEqual([]);
      await picture(page, 'back-fill');
      letGo();
      await figures.getByText('1 finished').waitFor();
      await live(facility, desk, [22]);
      await figures.getByText('3 waiting').waitFor();
      expect(facility.works.slice(8).map(({ number }) => number)).toEqual([4, 20, 21, 22]);

      // It is quiet again: nobody does anything, and it goes on.
      clock.pass(600);
      await figures.getByText('4 finished').waitFor();
      await page.locator('.summary .state').getByText('finished').waitFor();
      expect(facility.works.slice(8).map(({ number, threshold: given }) => [number, given])).toEqual([
        ...[4, 20, 21, 22].map((number) => [number, number === 4 ? 30 : 10]),
        ...[6, 7, 8].map((number) => [number, 30]),
      ]);
      const [backfill] = desk.reprocessing.page({ limit: 1 }).items;
      const again = desk.ledger.queries.runs({ limit: 50 }).items.filter(({ rerunOf }) => rerunOf !== undefined);
      expect(backfill?.counts).toMatchObject({ finished: again.length, failed: 0, refused: 0, waiting: 0 });
      expect(access.audit.page({ limit: 9 }).items).toMatchObject([
        {
          action: 'reprocess',
          subject: expect.stringContaining('numbers 4,6-8') as string,
          reason: 'a better threshold',
        },
      ]);
      await page.getByRole('link', { name: 'live-4-' }).click();
      await page.getByRole('heading', { level: 1 }).getByText('4').waitFor();
    },
  );

  it('pauses, resumes and cancels a back-fill, saying why', { timeout: 120_000 }, async () => {
    await using facility = await Facility.open(broker);
    await using desk = await facility.desk({ rules: { quietSeconds: 0, queueHigh: 1_000, queueLow: 100 } });
    using access = openAccess(join(facility.folder, 'access'));
    await using monitor = await startMonitor({
      ...{ access, ledger: desk.ledger, client: desk.client, reprocessing: desk.reprocessing },
      ...{ port: 0, version: '1', webRoot: built.folder, queueInterval: 0.1 },
    });
    await live(facility, desk, [1, 2, 3]);
    facility.keep(1);
    const { id } = await desk.create({
      ...{ selection: { visit: 'mx1-1' }, recipe: { use: 'stored' }, parameters: {} },
      pace: { runsPerMinute: 6_000, atOnce: 1 },
    });
    await using reader = await startReader(browser, monitor.url);
    const { page } = reader;
    await page.goto(`${monitor.url}reprocess`);
    await page.getByRole('link', { name: 'mx1-1' }).click();
    const figures = page.getByRole('list', { name: 'Runs by state' });
    await figures.getByText('1 running').waitFor();
    const act = async (button: string, why: string, confirm: string): Promise<void> => {
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').getByLabel('Why?').fill(why);
      await page.getByRole('dialog').getByRole('button', { name: confirm }).click();
    };
    await act('Pause …', 'the disk is full', 'Pause it');
    await page.locator('.summary .state').getByText('paused').waitFor();
    await page.getByText('localhost: the disk is full').waitFor();
    await act('Resume …', 'there is room', 'Resume it');
    await page.locator('.summary .state').getByText('running').waitFor();
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('dialog').getByText('2 runs not started yet will never start.').waitFor();
    await page.getByRole('dialog').getByLabel('Cancel the 1 run under way as well').check();
    await page.getByRole('dialog').getByLabel('Why?').fill('the wrong visit');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
    await figures.getByText('2 never started').waitFor();
    await page.locator('.summary .state').getByText('cancelled').waitFor();
    expect(access.audit.page({ limit: 9 }).items.map(({ action, subject }) => [action, subject])).toEqual(
      ['cancel', 'resume', 'pause'].map((action) => [`${action} back-fill`, id]),
    );
    await figures.getByText('2 never started').click();
    await page.getByRole('heading', { name: 'Runs: never started' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
  });
}

/** Live data: announced, and worked on to its end. */
async function live(facility: Facility, desk: Desk, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await desk.ended(await facility.announce(number));
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
}
