import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService, type AnyService } from '../../src/services/service.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../monitor/open-monitor.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage, type Reader } from './browser.ts';

const changing = { 'baton-request': 'test' };
/** A phone, a desk, and walls. */
const sizes = [
  [390, 844],
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
] as const;
/** With `BATON_PICTURES=docs/pictures` the pictures of the documents are written there. */
const pictures = process.env['BATON_PICTURES'];
/** What stands in the documents: at which width, in which theme. */
const shown = { handover: '1366 light', audit: '1366 light', kiosk: '1920 dark' };

requireOrSkip('Chromium', chromiumAvailable())('the page through a shift', () => {
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

  it('an operator pauses a service from its card, sees whom that touches and that it obeys, and resumes it', async () => {
    await using site = await openSite(built.folder);
    await site.start('mx-1.7', 'Indexing');
    await site.start('mx-2.7', 'Indexing');
    await using reader = await site.reader(browser);
    const { page } = reader;
    await page.goto(site.address);
    const card = page.locator('.service', { hasText: 'mx-1.7' });
    await card.getByRole('button', { name: 'Pause, drain or shut down Indexing on mx-1.7' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('indexing on all hosts').check();
    await dialog.locator('.targets li', { hasText: 'mx-2.7' }).getByText('obeys').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await picture(page, 'order');
    await dialog.getByLabel('Why?').fill('the licence is gone');
    await page.keyboard.press('Enter');
    await expect.poll(async () => await dialog.locator('.targets li').allInnerTexts(), patient).toHaveLength(2);
    await dialog.locator('.targets li', { hasText: 'mx-2.7' }).getByText('paused').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    await card.getByText('by localhost: the licence is gone').waitFor();
    await page.locator('.check', { hasText: 'Paused: indexing on all hosts' }).getByText('notice').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await page.locator('.pauses').getByRole('button', { name: 'Resume' }).click();
    await dialog.getByLabel('Why?').fill('it is back');
    await dialog.getByRole('button', { name: 'Resume indexing on all hosts' }).click();
    await dialog.locator('.targets li', { hasText: 'mx-1.7' }).getByText('resumed').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await card.locator('.state').getByText('idle').waitFor();
    await expect.poll(async () => await page.locator('.pauses li').count(), patient).toBe(0);

    await page.goto(`${site.address}audit`);
    await page.getByRole('row', { name: /pause indexing on all hosts the licence is gone 2 paused/ }).waitFor();
    await page.getByLabel('Did what').fill('resume');
    await expect.poll(async () => await page.locator('.audit tbody tr').count(), patient).toBe(1);
    expect(new URL(page.url()).search).toBe('?action=resume');
    expect(await page.evaluate(audit)).toEqual([]);
    await page.getByRole('link', { name: 'indexing on all hosts' }).click();
    await page.locator('#services').waitFor();
  }, 60_000);

  it('the leaving shift reads that its accounts balance, follows a number to its runs, and leaves a remark', async () => {
    await using site = await openSite(built.folder);
    await busyShift(site.monitor);
    await using reader = await site.reader(browser);
    const { page } = reader;
    await page.goto(`${site.address}handover`);
    await page.getByLabel('Runs', { exact: true }).getByText('finished').waitFor();
    expect(await page.locator('.equation-end').allInnerTexts()).toEqual(['balances', 'balances']);
    await page.locator('.handover-list').getByText('3-5').waitFor();
    await page.getByLabel('For the next shift').fill('The cryostream warms up.\nCall Jane.');
    await page.getByRole('button', { name: 'Add the remark' }).click();
    await page.locator('.remark-text').getByText('The cryostream warms up.').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);

    const failed = page.getByLabel('Runs', { exact: true }).locator('.term', { hasText: 'failed' });
    expect(await failed.getByRole('link').innerText()).toBe('2');
    await failed.getByRole('link').click();
    await page.getByRole('table', { name: 'Runs, newest first' }).waitFor();
    expect(await page.locator('tbody .run-state').allInnerTexts()).toEqual(['failed', 'failed']);
    await page.goBack();
    await page.locator('.shift-choice select').selectOption({ index: 2 });
    await page.getByText('Nothing was remarked in this time.').waitFor();
    expect(new URL(page.url()).search).toMatch(/^\?from=\d+&to=\d+$/);
  }, 60_000);

  it('the hand-over of a busy shift fits two sheets of A4', async () => {
    await using site = await openSite(built.folder);
    await busyShift(site.monitor, 40);
    await using reader = await site.reader(browser);
    const { page } = reader;
    await page.goto(`${site.address}handover`);
    await page.getByLabel('Runs', { exact: true }).waitFor();
    const paper = await page.pdf({
      format: 'A4',
      ...(pictures === undefined ? {} : { path: `${pictures}/handover.pdf` }),
    });
    const sheets = paper.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    expect([1, 2]).toContain(sheets.length);
  }, 60_000);

  it.each(sizes)(
    'hand-over, audit and wall screen are at home at %i × %i, in both themes',
    async (width, height) => {
      await using site = await openSite(built.folder);
      await site.start('mx-1.7', 'Indexing');
      await busyShift(site.monitor);
      for (const colorScheme of ['light', 'dark'] as const) {
        await using reader = await site.reader(browser, { viewport: { width, height }, colorScheme });
        const { page } = reader;
        for (const [place, ready] of [
          ['handover', '.accounts'],
          ['audit', '.audit'],
          ['kiosk', '.kiosk-columns'],
        ] as const) {
          await page.goto(site.address + place);
          await page.locator(ready).waitFor();
          await page.locator('#root').evaluate(async () => await document.fonts.ready);
          expect([place, await page.evaluate(audit)]).toEqual([place, []]);
          if (shown[place] === `${String(width)} ${colorScheme}`) await picture(page, place);
        }
      }
    },
    120_000,
  );

  it('a wall screen is read at three metres, and cannot be taken for live when it is not', async () => {
    await using site = await openSite(built.folder);
    await busyShift(site.monitor);
    await using reader = await site.reader(browser, { viewport: { width: 1920, height: 1080 } });
    const { page } = reader;
    await page.goto(`${site.address}kiosk`);
    await page.locator('.kiosk-run').first().waitFor();
    // 1.1 m wide: 25 px are 14 mm.
    const smallest = await page
      .locator('.kiosk')
      .evaluate((kiosk) =>
        Math.min(
          ...[...kiosk.querySelectorAll('*')]
            .filter((one) => one.childElementCount === 0 && one.textContent.trim() !== '' && !one.closest('svg, title'))
            .map((one) => parseFloat(getComputedStyle(one).fontSize)),
        ),
      );
    expect(smallest).toBeGreaterThanOrEqual(25);
    await site.monitor.monitor.stop();
    await page.getByText('Not live', { exact: true }).waitFor({ timeout: 30_000 });
    expect(await page.locator('.kiosk-shown').evaluate((one) => Number(getComputedStyle(one).opacity))).toBeLessThan(
      0.2,
    );
    forgive(reader, /ERR_|502/);
  }, 60_000);

  it('the broker dies and comes back: the page says so, keeps living, and all is well again', async () => {
    await using broker = await startBrokerProcess();
    await using monitor = await openMonitor({ webRoot: built.folder }, broker);
    await using reader = await startReader(browser, monitor.monitor.url.slice(0, -1));
    const { page } = reader;
    await page.goto(monitor.monitor.url);
    await page.getByText('Live', { exact: true }).waitFor();
    const check = page.locator('.check', { hasText: 'broker' }).first();
    await check.getByText('pass').waitFor();
    await broker.kill('SIGKILL');
    await check.getByText('error').waitFor({ timeout: 30_000 });
    await page.getByRole('heading', { name: /error/ }).waitFor();
    expect(await page.getByText('Live', { exact: true }).count()).toBe(1);
    expect(await page.evaluate(audit)).toEqual([]);
    await broker.restart();
    await check.getByText('pass').waitFor({ timeout: 30_000 });
    await monitor.record(announced('after', { beamline: 'i03', received: Date.now(), settled: Date.now() }));
    await page.getByRole('row', { name: /i03/ }).waitFor();
  }, 90_000);
});

const patient = { timeout: 20_000 };

interface OpenSite extends AsyncDisposable {
  readonly monitor: OpenMonitor;
  /** Ends with a slash. */
  readonly address: string;
  start(host: string, service: string): Promise<void>;
  reader(browser: Browser, options?: Parameters<typeof startReader>[2]): Promise<Reader>;
}

async function openSite(webRoot: string): Promise<OpenSite> {
  await using opening = new AsyncDisposableStack();
  const broker = opening.use(await startEmbeddedBroker());
  const folder = opening.use(await temporaryFolder());
  const monitor = opening.use(await openMonitor({ webRoot }, broker));
  const address = monitor.monitor.url;
  const open = opening.move();
  return {
    monitor,
    address,
    start: async (name, service) => {
      const services = [serviceNamed(service)];
      const at = parseBrokerAddress(broker.address('site'));
      const host = new Host({ services, address: at, name, version: '1.2.3', folder: `${folder.path}/${name}` });
      open.defer(async () => await host.stop());
      await host.start();
    },
    reader: async (browser, options) => await startReader(browser, address.slice(0, -1), options),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function serviceNamed(description: string): AnyService {
  const name = description.toLowerCase();
  return defineService({ name, description, queue: name, parameters: { type: 'object' }, process: () => done() });
}

/** A shift with runs of all kinds, numbers that are missing, long waits and burnt budgets, and things that were done. */
async function busyShift(site: OpenMonitor, count = 12): Promise<void> {
  const now = Date.now();
  const records: LedgerRecord[] = [];
  for (let n = 1; n <= count; n += 1) {
    const [id, at] = [`run-${String(n)}`, now - n * 1_000];
    const about = { beamline: 'i03', visit: 'mx34567-12', collection: `lyso_${String(n)}` };
    const runNumber = String(n < 3 ? n : n + 3);
    const times = { sent: at, received: at + n * 700, started: at + n * 700, finished: at + n * 750 };
    const budget = n % 5 === 0 ? { budget: { seconds: 2, used: n } } : {};
    const outcome = n === 4 || n === 8 ? 'dead' : 'done';
    const cause = outcome === 'dead' ? { cause: { code: 'no-beam', message: 'There was no beam.' } } : {};
    records.push(
      announced(id, { ...about, runNumber, received: at, settled: at + 5, recipes: ['per-image-analysis'] }),
      ...(n === 1 ? [] : [settled(id, 1, outcome, { service: 'indexing', ...times, ...budget, ...cause })]),
    );
  }
  const refused = announced('refused', { outcome: 'refused', reason: 'no recipe', received: now, settled: now });
  await site.record(...records, refused);
  const lost = { service: 'Scaling', serviceclass: 'scaling', status: 6, statustext: 'end', baton: '1.2.2' };
  await site.beat({ ...lost, host: 'mx-9.12', status: 2 });
  await site.beat({ ...lost, host: 'mx-9.12' });
  const pause = { service: 'scaling', host: '*', reason: 'The licence server is upgraded.' };
  await site.send('POST', '/api/services/pause', pause, changing);
  await site.send('POST', '/api/handover/remarks', { text: 'All quiet but for the licence server.' }, changing);
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` });
}

/** Browsers complain of connections that fail, which here is what was asked for. */
function forgive({ complaints }: Reader, those: RegExp): void {
  const others = complaints.filter((complaint) => !those.test(complaint));
  complaints.splice(0, complaints.length, ...others);
}
