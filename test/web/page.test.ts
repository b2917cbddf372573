import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';
import { nextPicture, watchDrawing } from './drawing.ts';
import { sceneOf, type SceneName } from './fixture/scenes.ts';
import { startFixture, summaryOf, type FixtureServer } from './fixture/server.ts';

const gridScan = '/runs/d6f117bb-c856-4df8-b9bc-2d3c625e9fd5';

requireOrSkip('Chromium', chromiumAvailable())('the status page', () => {
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

  const serve = async (scene: SceneName, port?: number): Promise<FixtureServer> =>
    await startFixture({
      scene: sceneOf(scene, Date.now()),
      page: built.folder,
      ...(port === undefined ? {} : { port }),
    });

  it('leads from the overview over the list of runs to the heat map of one', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address);
    await page.getByRole('heading', { name: '1 error, 2 warnings' }).waitFor();
    await page.getByText('baton service ligand-fit').waitFor();
    await picture(page, 'overview');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('table', { name: 'Runs, newest first' }).waitFor();
    await picture(page, 'runs');
    await page.getByRole('link', { name: 'finished' }).click();
    await page.getByRole('link', { name: 'thau_3_2 · 2' }).first().click();
    await page.getByRole('heading', { name: 'thau_3_2 · 2' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(gridScan);

    const map = page.getByRole('application', { name: 'Heat map of 14 × 11 positions' });
    const reading = page.locator('.heat-map-readout');
    await expect.poll(() => reading.textContent()).toContain('best image');
    const best = await reading.textContent();
    await picture(page, 'run');
    await map.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => reading.textContent()).toMatch(/^column 2, row \d+: \d+ spots?/);
    await map.hover({ position: { x: 3, y: 3 } });
    await expect.poll(() => reading.textContent()).toContain('column 1, row 1');
    await page.mouse.move(0, 0);
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => reading.textContent()).toBe(best);
  });

  it('leads from what is wrong to where it stands, also to a queue that is not shown at first', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address);
    await page.getByRole('link', { name: 'ligand-fit holds 41 messages' }).click();
    expect(await page.locator('.queue:target').getAttribute('id')).toBe('queue-ligand-fit');
    await page.getByRole('link', { name: 'checks passed' }).click();
    expect(await page.locator('.panel:target').getAttribute('id')).toBe('health');
    const { queues } = sceneOf('many', Date.now());
    const idle = queues.toSorted((a, b) => a.waiting - b.waiting)[0]?.name ?? '';
    await page.goto(`${server.address}/#queue-${idle}`);
    await page.locator(`[id="queue-${idle}"]`).waitFor();
    await page.getByRole('link', { name: '7 since the start of the shift' }).click();
    await page.getByRole('table', { name: 'Runs, newest first' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=failed');
  });

  it('opens any of its addresses directly', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs/b8a9c7d1-0e5e-4e0c-93a1-77f2c6b1aa10?step=3&outcome=dead`);
    await page.getByText('153 of 154 members came within 120 s').waitFor();
    expect(await page.locator('.delivery').count()).toBe(1);
    await page.goto(`${server.address}/nowhere`);
    await page.getByRole('heading', { name: 'There is no page at /nowhere' }).waitFor();
  });

  it('follows the feed without being asked', async () => {
    await using server = await serve('few');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address);
    await page.getByRole('cell', { name: 'running' }).waitFor();
    const running = sceneOf('few', Date.now()).runs[0];
    if (running === undefined) throw new Error('The scene has no run.');
    server.emit({ type: 'run', run: { ...summaryOf(running), state: 'failed', failed: 3, ended: Date.now() } });
    await page.getByRole('cell', { name: '3 failed' }).waitFor();
    expect(await page.getByRole('cell', { name: 'running' }).count()).toBe(0);
    server.emit({ type: 'announcements', announcements: { announced: 9, accepted: 4, refused: 2, duplicate: 1 } });
    await page.getByText('2 announcements missing').waitFor();
  });

  it('draws a burst of events in no more than a picture a frame, and moves nothing', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address);
    await page.getByText('12,480').waitFor();
    await page.evaluate(watchDrawing);
    const { queues } = sceneOf('many', Date.now());
    for (let waiting = 1; waiting <= 2000; waiting += 1) {
      const [first, ...rest] = queues;
      if (first !== undefined)
        server.emit({ type: 'queues', queues: [{ ...first, waiting: 20_000 + waiting }, ...rest] });
    }
    await page.getByText('22,000').waitFor();
    const { frames, pictures, shift } = await page.evaluate(() => window.drawing);
    expect(pictures).toBeLessThanOrEqual(frames);
    expect(shift).toBe(0);
  });

  it('says that its feed is lost when the monitor dies, and is live again when it is back', async () => {
    const server = await serve('few');
    const reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address);
    await page.getByText('All is well').waitFor();
    await server.stop();
    const banner = page.getByRole('alert');
    await banner.getByText('This page has lost its feed').waitFor();
    expect(await page.locator('main').getAttribute('data-stale')).toBe('true');
    expect(await page.getByText('All is well').count()).toBe(0);

    await using again = await serve('many', server.port);
    await page.getByRole('heading', { name: '1 error, 2 warnings' }).waitFor();
    expect(await banner.count()).toBe(0);
    expect(again.listeners).toBe(1);
    // The browser itself says so of each try that nobody answers, or that met the server just as it ended.
    const others = reader.complaints.filter(
      (complaint) => !/ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED)/.test(complaint),
    );
    expect(others).toEqual([]);
    reader.complaints.length = 0;
    await reader[Symbol.asyncDispose]();
  });

  it('keeps the conditions of the list in its address', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs?state=failed`);
    const rows = page.locator('.run-row');
    await expect.poll(() => rows.count()).toBe(19);
    await page.getByLabel('Search').fill('lyso_7_1');
    await page.waitForURL('**/runs?state=failed&text=lyso_7_1');
    await expect.poll(() => rows.count()).toBe(1);
    await page.reload();
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.getByLabel('Search').inputValue()).toBe('lyso_7_1');
    await page.getByRole('link', { name: 'all', exact: true }).click();
    await page.goBack();
    expect(new URL(page.url()).search).toBe('?state=failed&text=lyso_7_1');
    await page.getByLabel('Search').fill('no such run');
    await page.getByText('No run fits these conditions.').waitFor();
  });

  it('turns the pages of the list, and offers new runs without pushing them in', async () => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(`${server.address}/runs`);
    const first = page.locator('.run-row').first();
    const newest = await first.textContent();
    await page.getByRole('link', { name: 'Older runs' }).click();
    await expect.poll(() => first.textContent()).not.toBe(newest);
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(() => first.textContent()).toContain('thau_3_3');

    const scene = sceneOf('many', Date.now());
    const [run] = scene.runs;
    if (run === undefined) throw new Error('The scene has no run.');
    const added = { ...run, id: 'new', collection: 'brand_new', announced: Date.now() + 1000 };
    server.show({ ...scene, runs: [added, ...scene.runs] });
    server.emit({ type: 'run', run: summaryOf(added) });
    await page.getByRole('button', { name: '1 new run – show' }).click();
    await expect.poll(() => first.textContent()).toContain('brand_new');
  });

  it('says what is wrong and what to do when a run is not known', async () => {
    await using server = await serve('few');
    const reader = await startReader(browser, server.address);
    await reader.page.goto(`${server.address}/runs/none`);
    await reader.page.getByText('No run has the id "none".').waitFor();
    await reader.page.getByText('Look for it in the list of runs.').waitFor();
    expect(reader.complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    reader.complaints.length = 0;
    await reader[Symbol.asyncDispose]();
  });

  it('keeps the theme that was chosen', async () => {
    await using server = await serve('few');
    await using reader = await startReader(browser, server.address, { colorScheme: 'light' });
    const { page } = reader;
    await page.goto(server.address);
    const ground = async (): Promise<string> =>
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole('radio', { name: 'dark' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    expect(await ground()).not.toBe(light);
    await page.reload();
    expect(await ground()).not.toBe(light);
    expect(await page.getByRole('radio', { name: 'dark' }).isChecked()).toBe(true);
  });

  it.for([
    '/',
    '/runs',
    gridScan,
    '/runs/6f0d2c1e-8f0b-4b0e-b1c3-0c7b1a3d9e44',
    '/runs/b8a9c7d1-0e5e-4e0c-93a1-77f2c6b1aa10',
  ])('can be read by everyone, on a phone, a desk and a wall, light and dark: %s', async (path) => {
    await using server = await serve('many');
    await using reader = await startReader(browser, server.address);
    const { page } = reader;
    await page.goto(server.address + path);
    await page
      .locator(path.startsWith('/runs/') ? '.recipe svg' : '.run-row')
      .first()
      .waitFor();
    for (const [width, height] of [
      [390, 844],
      [1280, 800],
      [2560, 1440],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(nextPicture);
        expect({ width, colorScheme, findings: await page.evaluate(audit) }).toEqual({
          width,
          colorScheme,
          findings: [],
        });
      }
    }
  });

  it('is looked through by an audit that finds what is wrong', async () => {
    await using reader = await startReader(browser, 'about:');
    await reader.page.setContent(`
      <h1>Title</h1><h3>Too deep</h3><button></button><input>
      <p style="color: #999">Pale</p>
      <main style="width: 200px; overflow: auto"><div style="width: 9000px">wide</div></main>`);
    const findings = (await reader.page.evaluate(audit)).join('\n');
    for (const finding of [
      'no language',
      'no title',
      'skips to level 3',
      'No name: <button',
      'No name: <input',
      'Contrast 2.85',
    ]) {
      expect(findings).toContain(finding);
    }
  });

  it('weighs less than 300 kB, compressed, for its first screen', () => {
    const html = readFileSync(join(built.folder, 'index.html'), 'utf8');
    const files = ['index.html', ...Array.from(html.matchAll(/(?:src|href)="\/([^"]+)"/g), ([, file = '']) => file)];
    expect(files.some((file) => file.endsWith('.css'))).toBe(true);
    const weights = files.map((file) => gzipSync(readFileSync(join(built.folder, file))).length);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(300_000);
  });
});

/** With `BATON_PICTURES=docs/pictures` the pictures of the documents are written there. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['BATON_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
