import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';
import { madeLines } from './fixture/logs.ts';
import { sceneOf, type Scene } from './fixture/scenes.ts';
import { startFixture } from './fixture/server.ts';

requireOrSkip('Chromium', chromiumAvailable())('the log of a run', () => {
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

  const sizes: readonly (readonly [string, BrowserContextOptions])[] = [
    ['a desk, light', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }],
    ['a phone, dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
    ['a wall, dark', { viewport: { width: 2560, height: 1440 }, colorScheme: 'dark' }],
  ];
  it.each(sizes)('shows level, time, step and text at %s, for everybody to read', async (name, options) => {
    const scene = logged(600);
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address, options);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${String(scene.runs[0]?.id)}`);
    const log = page.locator('.run-log');
    await log.getByText('… 12,345 lines left out').last().waitFor();
    expect(await log.locator('.log-line').count()).toBe(200);
    const warning = log.locator('.log-line').filter({ hasText: 'is dim' }).last();
    await warning.scrollIntoViewIfNeeded();
    expect(await warning.textContent()).toMatch(/warning[^]*2 per-image-analysis[^]*is dim mean=0\.4/);
    expect(await page.evaluate(audit)).toEqual([]);
    const pictures = process.env['BATON_PICTURES'];
    if (pictures !== undefined) {
      await log.scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${pictures}/log ${name}.png` });
    }
  });

  it('is filtered by level and by step, in the address, and follows what comes', async () => {
    const scene = logged(600);
    const id = String(scene.runs[0]?.id);
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${id}`);
    const log = page.locator('.run-log');
    await log.getByRole('link', { name: 'errors', exact: true }).click();
    await log.getByText('no row of the grid is complete').first().waitFor();
    expect(new URL(page.url()).searchParams.get('level')).toBe('error');
    await expect.poll(() => log.locator('.log-line').count()).toBe(2);
    await page.goto(`${server.address}/runs/${id}?step=3`);
    await log.getByText('no row of the grid is complete').first().waitFor();
    await log.getByRole('link', { name: 'step 3 only · show all' }).click();
    await log.locator('.log-line').nth(199).waitFor();
    const [...lines] = scene.logs?.get(id) ?? [];
    for (const line of madeLines(1, Date.now())) lines.push({ ...line, seq: 601, text: 'the very last' });
    server.show({ ...scene, logs: new Map([[id, lines]]) });
    server.emit({ type: 'logs', runs: [id], others: false });
    await log.getByText('the very last').waitFor();
    await expect.poll(() => log.locator('.log-lines').evaluate(distanceFromEnd)).toBeLessThan(2);
  });

  it('is what a link to it shows, though much stands before it', async () => {
    const scene = logged(600);
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${String(scene.runs[0]?.id)}#log`);
    const log = page.locator('.run-log');
    await log.getByText('… 12,345 lines left out').last().waitFor();
    const distance = (): Promise<number> => log.evaluate((panel) => panel.getBoundingClientRect().top);
    const height = await page.evaluate(() => innerHeight);
    await expect.poll(distance).toBeLessThan(height / 2);
    await page.keyboard.press('Control+Home');
    await expect.poll(distance).toBeGreaterThan(height / 2);
  });

  it('leads back to 5 000 lines, and leaves a reader who went back where he or she is', async () => {
    const scene = logged(7_000);
    const id = String(scene.runs[0]?.id);
    await using server = await startFixture({ scene, page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/${id}`);
    const log = page.locator('.run-log');
    for (const lines of [1_200, 2_200, 3_200, 4_200, 5_000]) {
      await log.getByRole('button', { name: 'Show earlier lines' }).press('Enter');
      await log
        .locator('.log-line')
        .nth(lines - 1)
        .waitFor({ state: 'attached' });
    }
    expect(await log.getByRole('button', { name: 'Show earlier lines' }).count()).toBe(0);
    const before = await log.locator('.log-lines').evaluate(distanceFromEnd);
    expect(before).toBeGreaterThan(1_000);
    await log.getByRole('button', { name: 'Follow the latest lines' }).click();
    await expect.poll(() => log.locator('.log-lines').evaluate(distanceFromEnd)).toBeLessThan(2);
  });
});

function distanceFromEnd(box: Element): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}

/** A laptop's scene whose latest run has so many lines. */
function logged(count: number): Scene {
  const now = Date.now();
  const scene = sceneOf('few', now);
  const [run] = scene.runs;
  if (run === undefined) throw new Error('The scene has no run.');
  return { ...scene, logs: new Map([[run.id, madeLines(count, now - count * 37)]]) };
}
