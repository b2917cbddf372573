import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { DeliveryView, FileEntry, RunDetail } from '../../src/monitor/api.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';
import { sceneOf, type Scene } from './fixture/scenes.ts';
import { startFixture } from './fixture/server.ts';

/** For what takes milliseconds, and longer where others keep the host busy. */
const patience = { timeout: 30_000 };
vi.setConfig({ testTimeout: 120_000 });

requireOrSkip('Chromium', chromiumAvailable())('the page of a run', () => {
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

  it('shows where the time went, by step and by delivery, and leads to the deliveries of a step', async () => {
    const { scene, run } = sceneWith({});
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${run.id}`);
    const time = page.locator('.run-waterfall');
    const row = time.getByRole('row').filter({ hasText: 'xray-centring' });
    // The step joined: nearly all of its time its messages were held.
    await row.getByText('1.9 s').waitFor();
    await row.locator('svg').click({ position: { x: 5, y: 5 } });
    await page.waitForURL(/step=3/);
    await page.locator('.run-deliveries').getByText('step 3: 154 deliveries').waitFor();
    await time.getByRole('row').filter({ hasText: 'done' }).first().waitFor();
    await row.getByRole('link').press('Enter');
    await page.waitForURL((url) => !url.search.includes('step'));
    await time.getByRole('button', { name: 'Show the 60 deliveries that took longest' }).click();
    expect(await time.locator('.waterfall-single tr').count()).toBe(60);
    const pictures = process.env['BATON_PICTURES'];
    if (pictures !== undefined) await time.screenshot({ path: `${pictures}/time-of-a-run.png` });
    expect(await page.evaluate(audit)).toEqual([]);
  });

  it.each([1, 10_000])('shows the time of %i deliveries', async (number) => {
    const { scene, run } = sceneWith({ deliveries: (some) => manyOf(some, number) });
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address, { viewport: { width: 390, height: 844 } });
    const { page } = reader;
    await page.goto(`${server.address}/runs/${run.id}`);
    await page.locator('.waterfall-areas path.phase').first().waitFor();
    expect(await page.locator('.waterfall-areas').count()).toBe(1);
    expect(await page.locator('.waterfall-single tr').count()).toBe(number === 1 ? 1 : 0);
    // Whatever came, the picture has a bounded number of elements.
    expect(await page.locator('.waterfall *').count()).toBeLessThan(100);
  });

  it('leads from the numbers of a step to its deliveries, page by page, with their payloads', async () => {
    const { scene, run } = sceneWith({});
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${run.id}`);
    const deliveries = page.locator('.run-deliveries');
    await page.locator('.run-steps tr').filter({ hasText: 'per-image-analysis' }).getByText('154').last().click();
    await deliveries.getByText('step 2, done: 154 deliveries').waitFor();
    expect(await deliveries.locator('tbody tr').count()).toBe(20);
    const first = await deliveries.locator('tbody tr').first().innerText();
    await deliveries.getByRole('link', { name: 'Older deliveries' }).click();
    await page.waitForURL(/cursor=20/);
    await deliveries.getByRole('link', { name: 'Latest' }).waitFor();
    await expect.poll(() => deliveries.locator('tbody tr').first().innerText(), patience).not.toBe(first);
    await deliveries.getByText('result → step 3').first().click();
    await deliveries.getByText('n_spots_total').first().waitFor();
    await deliveries.getByRole('link', { name: 'Latest' }).click();
    await page.goto(`${server.address}/runs/${run.id}?step=3&outcome=done`);
    await deliveries.getByText('success → step 4').click();
    await deliveries.getByText('The payload was too large to be kept.').waitFor();
    await page.goto(`${server.address}/runs/${run.id}?step=2&outcome=done`);
    await expect.poll(() => deliveries.locator('tbody tr').first().innerText(), patience).toBe(first);
  });

  it('gives out the files that results name, and says why not', async () => {
    const files: readonly FileEntry[] = [
      { n: 1, name: 'grid.png', path: '/data/grid.png', step: 4, isGiven: true },
      { n: 2, name: 'frame.cbf', path: '/elsewhere/frame.cbf', step: 4, isGiven: false },
    ];
    const { scene, run } = sceneWith({ files });
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${run.id}`);
    const link = page.getByRole('link', { name: 'grid.png' });
    expect(await link.getAttribute('href')).toBe(`/api/runs/${run.id}/files/1`);
    await page.getByText('/elsewhere/frame.cbf').waitFor();
    await page.getByText('1 file cannot be fetched here').waitFor();
    expect(await page.getByRole('link', { name: 'frame.cbf' }).count()).toBe(0);
  });

  it('counts in the recipe what is done, may be running, waits, and has failed', async () => {
    const { scene, run } = sceneWith({
      steps: (steps) =>
        steps.map((step) =>
          step.step === 2 ? { ...step, queue: 'per-image-analysis', sent: 154, done: 100, waiting: 51, dead: 3 } : step,
        ),
    });
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    await reader.page.goto(`${server.address}/runs/${run.id}`);
    // The broker has given out 8 messages of the queue.
    const step = reader.page.getByRole('link', {
      name: 'Step 2, per-image-analysis: 103 of 154 · 51 waiting · of these up to 8 running · 3 dead',
    });
    await step.waitFor();
    const figures = await step.locator('.step-figure text').allTextContents();
    expect(figures).toEqual(['100', '≤ 8', '43', '3']);
  });

  it('is not there for runs that were removed: the end of the list says so', async () => {
    const removed = { runs: 12_345, before: new Date(2024, 4, 3, 14, 30).getTime() };
    const { scene } = sceneWith({});
    await using server = await startFixture({ scene: { ...scene, removed }, page: built.folder });
    await using reader = await startReader(browser, server.address);
    await reader.page.goto(`${server.address}/runs`);
    const told = reader.page.getByText('Older runs were removed: 12,345 runs that had ended before 3 May 2024, 14:30.');
    await told.waitFor();
  });

  it('says which steps are inferred, and why nothing is listed of them', async () => {
    const { scene, run } = sceneWith({
      steps: (steps) => steps.map((step) => (step.step === 2 ? { ...step, inferred: true } : step)),
      deliveries: (all) => all.filter(({ step }) => step !== 2),
    });
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${run.id}`);
    const row = page.locator('.run-steps tr').filter({ hasText: 'per-image-analysis' });
    await row.getByText('inferred').waitFor();
    await page.getByRole('link', { name: /Step 2, per-image-analysis: .* inferred/ }).click();
    await page.locator('.run-deliveries').getByText('The services of this step leave no records').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
  });
});

interface Changes {
  readonly deliveries?: (all: readonly DeliveryView[]) => readonly DeliveryView[];
  readonly steps?: (steps: RunDetail['steps']) => RunDetail['steps'];
  readonly files?: readonly FileEntry[];
}

/** A laptop's scene, and the grid scan of it that has finished, changed. */
function sceneWith({ deliveries = (all) => all, steps = (all) => all, files = [] }: Changes): {
  readonly scene: Scene;
  readonly run: RunDetail;
} {
  const scene = sceneOf('few', Date.now());
  const [running, found, ...others] = scene.runs;
  if (running === undefined || found === undefined) throw new Error('The scene has no run that has finished.');
  const run = { ...found, deliveries: deliveries(found.deliveries), steps: steps(found.steps) };
  return { scene: { ...scene, runs: [running, run, ...others], files: new Map([[run.id, files]]) }, run };
}

/** So many deliveries of one step, one a millisecond. */
function manyOf([some]: readonly DeliveryView[], number: number): readonly DeliveryView[] {
  if (some === undefined) throw new Error('There is no delivery.');
  return Array.from({ length: number }, (_, n) => {
    const { sent, received, started, finished } = some;
    const times = { sent: sent + n, received: received + n, started: started + n, finished: finished + n };
    return { ...some, ...times, id: `${n}`, key: `${n}` };
  }).toReversed();
}
