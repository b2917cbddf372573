import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { announced } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../monitor/open-monitor.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage, type Reader } from './browser.ts';

const password = 'correct horse battery';
/** A phone, a desk and a wall. */
const sizes = [
  [390, 844],
  [1280, 800],
  [2560, 1440],
] as const;

requireOrSkip('Chromium', chromiumAvailable())('the page of a monitor that wants a login', () => {
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

  const serve = async (): Promise<OpenMonitor> => {
    const site = await openMonitor({ webRoot: built.folder });
    await site.access.users.add('otto', 'operator', password);
    await site.record(announced('one', { beamline: 'i03' }));
    return site;
  };

  it('asks for it, keeps the address, lets cancel a run with a reason, and ends when one logs out', async () => {
    await using site = await serve();
    await using reader = await startReader(browser, site.monitor.url.slice(0, -1));
    const { page } = reader;
    await page.goto(`${site.monitor.url}runs/one`);
    await page.getByRole('heading', { name: 'Baton' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('username');
    await page.keyboard.type('otto');
    await page.keyboard.press('Tab');
    await page.keyboard.type('not this one');
    await page.keyboard.press('Enter');
    await page.getByText('The name or the password is wrong').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');

    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByLabel('Why?').fill('the wrong sample');
    expect(await page.evaluate(audit)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('by otto: the wrong sample').waitFor();
    expect(site.access.audit.page({ limit: 5 }).items).toMatchObject([
      { who: 'otto', action: 'cancel', subject: 'one', reason: 'the wrong sample', outcome: 'cancelled' },
    ]);

    expect(new URL(page.url()).pathname).toBe('/runs/one');
    await page.reload();
    await page.getByText('otto', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    forgive401(reader);
  });

  it('says when one is no longer logged in, without being asked', async () => {
    await using site = await serve();
    await using reader = await startReader(browser, site.monitor.url.slice(0, -1));
    const { page } = reader;
    await page.goto(`${site.monitor.url}runs`);
    await logIn(page);
    await page.getByRole('table', { name: 'Runs, newest first' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await site.access.users.setPassword('otto', `${password}!`);
    await page.getByText('You are no longer logged in').waitFor({ timeout: 20_000 });
    forgive401(reader);
  }, 60_000);

  it('offers a viewer nothing that needs an operator', async () => {
    await using site = await serve();
    site.access.users.setRole('otto', 'viewer');
    await using reader = await startReader(browser, site.monitor.url.slice(0, -1));
    const { page } = reader;
    await page.goto(`${site.monitor.url}runs/one`);
    await logIn(page);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await page.getByRole('heading', { name: 'Parameters' }).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel run' }).count()).toBe(0);
  });

  it.each(sizes)('is at home at %i × %i, in both themes', async (width, height) => {
    await using site = await serve();
    for (const colorScheme of ['light', 'dark'] as const) {
      const options = { viewport: { width, height }, colorScheme };
      await using reader = await startReader(browser, site.monitor.url.slice(0, -1), options);
      const { page } = reader;
      await page.goto(site.monitor.url);
      await page.getByLabel('Password').waitFor();
      expect(await page.evaluate(audit)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await logIn(page);
      await page.getByRole('button', { name: 'Log out' }).waitFor();
      expect(await isTooWide(page)).toBe(false);
      expect(await page.evaluate(audit)).toEqual([]);
      await page.goto(`${site.monitor.url}runs/one`);
      await page.getByRole('button', { name: 'Cancel run' }).click();
      expect(await isTooWide(page)).toBe(false);
    }
  });

  it('says what to do where there are no users yet', async () => {
    await using site = await openMonitor({ webRoot: built.folder, rules: { local: 'none' } });
    await using reader = await startReader(browser, site.monitor.url.slice(0, -1));
    await reader.page.goto(site.monitor.url);
    await reader.page.getByText('baton user add NAME --role admin').waitFor();
    expect(await reader.page.evaluate(audit)).toEqual([]);
  });
});

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('otto');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Browsers complain of each answer 401, which here is what was asked for. */
function forgive401({ complaints }: Reader): void {
  const others = complaints.filter((complaint) => !complaint.includes('401'));
  complaints.splice(0, complaints.length, ...others);
}

async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
