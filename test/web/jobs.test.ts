import { join } from 'node:path';
import { hostname } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Deserted, ProgramsAtWork } from '../monitor/jobs/programs-at-work.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';

/** A phone, a desk, and a wall. */
const sizes = [
  [390, 844],
  [1366, 768],
  [1920, 1080],
] as const;
const patient = { timeout: 20_000 };
/** With `BATON_PICTURES=docs/pictures` the picture of the documents is written there. */
const pictures = process.env['BATON_PICTURES'];

requireOrSkip('Chromium', chromiumAvailable())('the page of jobs', () => {
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

  it('says that no service runs programs, where none does', async () => {
    await using here = await ProgramsAtWork.open({ webRoot: built.folder });
    await using reader = await startReader(browser, here.site.monitor.url);
    const { page } = reader;
    page.setDefaultTimeout(20_000);
    await page.goto(`${here.site.monitor.url}jobs`);
    await page
      .getByText('Services have not told of their jobs yet')
      .or(page.getByText('No service here runs programs'))
      .waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
  });

  it('shows what runs and what waits, and why, as it changes; each number leads to what it counts', async () => {
    await using here = await ProgramsAtWork.open({ webRoot: built.folder });
    await here.service(here.programs('xia2', 'fast_dp', 'dimple'), { cores: 3 });
    await using reader = await startReader(browser, here.site.monitor.url);
    const { page } = reader;
    page.setDefaultTimeout(20_000);
    await page.goto(`${here.site.monitor.url}jobs`);
    await page.getByText('No program runs or waits.').waitFor();

    const run = await here.run('xia2', { resources: { cores: 2, memory: '2G' } }, { beamline: 'i24', priority: 6 });
    await row(page, 'xia2').getByText(`on ${hostname()}`).waitFor();
    await here.run('dimple', {}, { beamline: 'i03', priority: 6 });
    await row(page, 'dimple').getByText('running').waitFor();
    for (let each = 0; each < 2; each += 1) await here.run('fast_dp', {}, { beamline: 'i03', priority: 2 });
    const first = row(page, 'fast_dp').first();
    await first.getByText('It takes 1 core, and 0 cores').waitFor();
    await first.getByText('reprocessing').waitFor();
    await page.getByText('full').waitFor();
    // Then all have told of theirs.
    await page.getByText('4 jobs', { exact: true }).waitFor();
    await look(page, 'jobs');

    await page.getByRole('link', { name: '2 waiting, fast_dp' }).click();
    expect(new URL(page.url()).search).toBe('?program=fast_dp&state=waiting');
    await expect.poll(async () => await page.locator('tr.job').count(), patient).toBe(2);
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.getByLabel('Beamline').fill('i24');
    await expect.poll(async () => await page.locator('tr.job').count(), patient).toBe(1);
    expect(new URL(page.url()).search).toBe('?beamline=i24');

    await row(page, 'xia2')
      .getByRole('link', { name: /step 1/ })
      .click();
    expect(new URL(page.url()).pathname).toBe(`/runs/${run}`);
    const atWork = page.locator('.run-jobs');
    await atWork.getByText(`on ${hostname()}`).waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await atWork.getByRole('link', { name: 'all jobs of this run' }).click();
    expect(new URL(page.url()).search).toBe(`?run=${run}`);
    await expect.poll(async () => await page.locator('tr.job').count(), patient).toBe(1);
    await here.letGo('xia2');
    await page.getByText('No job fits these conditions.').waitFor();
    await page.getByRole('link', { name: 'Show all jobs' }).click();
    await expect.poll(async () => await row(page, 'fast_dp').getByText('running').count(), patient).toBe(2);
  }, 60_000);

  it('says what to do when nothing takes what waits, on the overview, too', async () => {
    await using here = await ProgramsAtWork.open({ webRoot: built.folder });
    await here.service(here.programs('xia2'), { backends: () => [new Deserted()] });
    await here.run('xia2', {}, { priority: 6 });
    await using reader = await startReader(browser, here.site.monitor.url);
    const { page } = reader;
    page.setDefaultTimeout(20_000);
    await page.goto(here.site.monitor.url);
    const check = page.locator('.check', {
      hasText: '1 program waits for deserted, and no worker is there to take them.',
    });
    await check.getByText('baton worker --config baton.yaml').waitFor();
    await page.getByRole('link', { name: '1 waiting' }).waitFor();
    await check.getByRole('link').click();
    await page.locator('#held-up').getByText('no worker is there to take them').waitFor();
    await row(page, 'xia2').getByText('There is nobody here.').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
  });
});

function row(page: Page, program: string): ReturnType<Page['locator']> {
  return page.locator('tr.job', { has: page.getByRole('link', { name: program, exact: true }) });
}

/** In every size and both themes: nothing sticks out, and all can be read. */
async function look(page: Page, name: string): Promise<void> {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      expect(await page.evaluate(audit)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      if (pictures !== undefined && width === 1366 && theme === 'light')
        await page.screenshot({ path: join(pictures, `${name}.png`) });
    }
  }
}
