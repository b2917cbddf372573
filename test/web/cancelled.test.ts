import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';
import { sceneOf, type Scene } from './fixture/scenes.ts';
import { startFixture } from './fixture/server.ts';

requireOrSkip('Chromium', chromiumAvailable())('the page of a cancelled run', () => {
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

  it.each([
    ['running', 'being cancelled'],
    ['cancelled', 'cancelled'],
  ] as const)('says who cancelled it and why, and what became of its messages: %s', async (state, word) => {
    const now = Date.now();
    await using server = await startFixture({ scene: cancelledScene(state, now), page: built.folder });
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/stopped`);
    await page.locator('.summary').getByText(word, { exact: true }).waitFor();
    await page.getByText('by jane: the beam is lost').waitFor();
    await page.getByRole('link', { name: /7 cancelled/ }).waitFor();
    await page.locator('.run-replies').getByText('nobody waited', { exact: true }).waitFor();
    expect(await page.locator('.run-replies .tone-bad').count()).toBe(0);
    expect(await page.evaluate(audit)).toEqual([]);
    await page.goto(`${server.address}/runs`);
    await page.locator('.run-state').getByText(word, { exact: true }).waitFor();
  });
});

/** A laptop's scene in which somebody has asked for the latest run to be cancelled. */
function cancelledScene(state: 'running' | 'cancelled', now: number): Scene {
  const scene = sceneOf('few', now);
  const [run, ...others] = scene.runs;
  if (run === undefined) throw new Error('The scene has no run.');
  const steps = run.steps.map((step) => (step.step === 2 ? { ...step, done: step.done - 7, cancelled: 7 } : step));
  const replies = [
    {
      status: 'finished',
      to: '/remote-temp-queue/gone',
      outcome: 'undeliverable',
      time: now,
      reason: 'it is gone',
    } as const,
  ];
  const isCancelling = state === 'running';
  const cancellation = { time: now - 1000, user: 'jane', reason: 'the beam is lost' };
  return { ...scene, runs: [{ ...run, id: 'stopped', state, isCancelling, steps, replies, cancellation }, ...others] };
}
