import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';
import { sceneOf, type Scene } from './fixture/scenes.ts';
import { startFixture } from './fixture/server.ts';

requireOrSkip('Chromium', chromiumAvailable())('a run whose result is late', () => {
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

  it('is marked in the list and on its page, with the step, and leads to what it repeats', async () => {
    await using server = await startFixture({ scene: lateScene(Date.now()), page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs`);
    const row = page.locator('tr').filter({ hasText: 'over budget' });
    await row.getByTitle('1 step did not finish within the budget').waitFor();
    await row.getByRole('link').click();
    await page.locator('.summary').getByText('over budget', { exact: true }).waitFor();
    const steps = page.locator('.run-steps');
    await steps.getByText('41 s of 30 s, over budget').waitFor();
    await page.getByRole('link', { name: /Step 2, .* of .* · over budget/ }).waitFor();
    expect(await steps.getByText('2.5 s of 1 min').count()).toBe(1);
    expect(await page.getByRole('link', { name: 'an-earli' }).getAttribute('href')).toBe('/runs/an-earlier-run');
    expect(await page.getByRole('link', { name: 'once-mor' }).getAttribute('href')).toBe('/runs/once-more');
    expect(await page.evaluate(audit)).toEqual([]);
  });
});

/** A laptop's scene whose latest run gave its result late, repeats one, and was repeated. */
function lateScene(now: number): Scene {
  const scene = sceneOf('few', now);
  const [run, ...others] = scene.runs;
  if (run === undefined) throw new Error('The scene has no run.');
  const budgets = new Map([
    [1, { seconds: 60, used: 2.5, over: false }],
    [2, { seconds: 30, used: 41.2, over: true }],
  ]);
  const steps = run.steps.map((step) => {
    const budget = budgets.get(step.step);
    return budget ? { ...step, budget } : step;
  });
  const late = { ...run, steps, overBudget: 1, rerunOf: 'an-earlier-run', reruns: ['once-more'] };
  return { ...scene, runs: [late, ...others] };
}
