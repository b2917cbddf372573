import { mkdir, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digest } from '../../src/core/json.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { startMessages } from '../../src/recipes/route.ts';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { newEnvironment } from '../../src/services/run-context.ts';
import { stepMessages } from '../../src/services/sending.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { announced, batchOf } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../monitor/open-monitor.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';

const recipe: Recipe = {
  1: { queue: 'spot-finding', parameters: {} },
  start: [[1, { image: 1 }]],
} as unknown as Recipe;

/** With `BATON_PICTURES=docs/pictures` the pictures of the documents are written there. */
const pictures = process.env['BATON_PICTURES'];

requireOrSkip('Chromium', chromiumAvailable())('what failed, on the page', () => {
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

  it('leads from the failed run of the morning over its cause and a canary to zero', async () => {
    await using morning = await startMorning(built.folder);
    const { site, calibration } = morning;
    await using reader = await startReader(browser, site.monitor.url);
    const { page } = reader;

    // Find the failed run of the morning, and see why.
    await page.goto(site.monitor.url);
    await page.getByRole('link', { name: /that nobody could process/ }).waitFor();
    await page.getByRole('link', { name: 'lyso_1' }).first().click();
    await page.getByRole('link', { name: /failed: what to do/ }).click();
    await page.getByText('1 of 2 groups').waitFor();
    await page.getByRole('link', { name: 'Clear' }).click();
    const groups = page.locator('.group');
    await expect.poll(() => groups.count()).toBe(2);
    await page
      .getByRole('heading', { name: '7 failures to look after' })
      .or(page.getByText('failures to look after'))
      .first()
      .waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await picture(page, 'failed');
    await page.getByRole('link', { name: /cannot read the calibration/ }).click();
    await page.getByText('i03/calibration.txt').first().waitFor();
    await page.getByText('all letters are in the broker').waitFor();
    await page.locator('.failed-message summary').first().click();
    await page.getByRole('group', { name: 'Body' }).getByText('"image"').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);

    // A canary before anything was mended fails again, and says so.
    await act(page, 'Send a canary …', 'to see whether it is still so', 'Send one');
    await page.locator('.canary').getByText('the canary failed again').waitFor();

    // Mended: the canary is well, and the rest follows.
    await writeFile(calibration, '1.0');
    await act(page, 'Send a canary …', 'the calibration is back', 'Send one');
    await page.locator('.canary').getByText('the canary is well').waitFor();
    await picture(page, 'failed-group');
    await act(page, 'Release the rest …', 'the canary is well', 'Release 4');
    await page.getByText('nothing open').waitFor();
    await page.locator('.deeds').getByText('4 of 4').waitFor();

    // What cannot be mended is addressed, with a reason.
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Failed' }).click();
    await page.getByRole('link', { name: /no image in the announcement/ }).click();
    await act(page, 'Mark as addressed …', 'a test of the acquisition', 'Mark 2');
    await page.locator('.deeds').getByText('a test of the acquisition').waitFor();
    await page.getByRole('link', { name: 'Failed', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Nothing is left to do' }).waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await picture(page, 'failed-none');
    await page.getByRole('link', { name: /failed runs are addressed/ }).click();
    await expect.poll(() => groups.count()).toBe(1);
  }, 90_000);
});

async function act(page: Page, button: string, reason: string, doIt: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByLabel(/^Why\?/).fill(reason);
  await dialog.getByRole('button', { name: doIt }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

interface Morning extends AsyncDisposable {
  readonly site: OpenMonitor;
  /** The file that the service reads; it is not there yet. */
  readonly calibration: string;
}

/** Seven runs that failed: five without a calibration, two whose announcement names no image. */
async function startMorning(webRoot: string): Promise<Morning> {
  await using starting = new AsyncDisposableStack();
  const broker = starting.use(await startEmbeddedBroker());
  const site = starting.use(await openMonitor({ webRoot }, broker));
  const calibration = join(site.folder, 'calibration.txt');
  const service = defineService({
    name: 'spot-finding',
    queue: 'spot-finding',
    description: 'Finds spots.',
    parameters: { type: 'object' },
    retry: { attempts: 1, delay: 0.1, factor: 1 },
    process: async ({ payload }) => {
      if (typeof (payload as { image?: unknown }).image !== 'number')
        throw new Error('There is no image in the announcement');
      await readFile(calibration, 'utf8').catch(() => {
        throw new Error('Spot finding cannot read the calibration i03/calibration.txt');
      });
      return done();
    },
  });
  const address = parseBrokerAddress(broker.address('site'));
  const options = { services: [service], address, name: 'i03-ws002', version: '0', folder: join(site.folder, 'host') };
  const host = new Host(options);
  await host.start();
  starting.defer(() => host.stop(true));
  const collections = ['lyso_1', 'lyso_2', 'lyso_3', 'thau_1', 'thau_2', 'test_1', 'test_2'];
  for (const collection of collections) await announce(site, collection);
  const failed = (): boolean => site.ledger.failures.queries.counts().failures === collections.length;
  const seen = (): boolean =>
    site.ledger.failures.queries
      .groups({ state: 'open', order: 'largest', limit: 9 })
      .items.reduce((sum, { letters }) => sum + letters, 0) === collections.length;
  while (!failed() || !seen()) await site.ledger.failures.events.once('changed');
  const running = starting.move();
  return { site, calibration, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function announce({ client }: OpenMonitor, collection: string): Promise<void> {
  const run = digest('run', collection);
  const isTest = collection.startsWith('test');
  const followed = isTest ? ({ ...recipe, start: [[1, {}]] } as unknown as Recipe) : recipe;
  const context = { sourceHash: '4f1c2a9be07d55aa' };
  const start = startMessages(followed, newEnvironment(run, context), run);
  const record = announced(run, {
    collection,
    beamline: 'i03',
    visit: 'mx3600-7',
    recipes: ['spot-finding'],
    received: Date.now(),
    settled: Date.now(),
    ...context,
  });
  await client.transact({
    ack: [],
    send: [
      { destination: client.queue('baton.ledger'), body: batchOf(record).toString() },
      ...stepMessages(start, { destinations: client, now: Date.now() }),
    ],
  });
}
