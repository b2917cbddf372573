import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { Works } from '../conformance/reruns.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { startEmbeddedBroker, type TestBroker } from '../fixtures/embedded-broker.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Frames are worked on, and gathered. */
const recipe: JsonObject = {
  1: {
    service: 'Spotfinder',
    queue: 'work',
    parameters: { bad: '{$REPLACE:bad}', hold: '{$REPLACE:hold}' },
    output: 2,
  },
  2: { service: 'Gatherer', queue: 'gather', join: { count: 4, timeout: 1, order: 'n' }, output: 3 },
  3: { service: 'Recorder', queue: 'work' },
  start: [1, 2, 3, 4].map((n) => [1, { n }]),
};

requireOrSkip('Chromium', chromiumAvailable())('an operator', () => {
  let built: BuiltPage;
  let browser: Browser;
  let broker: TestBroker;
  beforeAll(async () => {
    built = await buildPage();
    browser = await startBrowser();
    broker = await startEmbeddedBroker();
  }, 120_000);
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    await browser.close();
    await built[Symbol.asyncDispose]();
  });
  const open = async (): Promise<Works> => await Works.open(broker.address(uniqueNamespace()), recipe, built.folder);

  it(
    'finds the failed run of the morning, sees why, and repeats what failed with an edited parameter',
    { timeout: 120_000 },
    async () => {
      await using works = await open();
      await works.run({ bad: [], beamline: 'i03' });
      const failed = await works.run({ bad: [2], beamline: 'i03', comment: 'first light' });
      await writeFile(
        join(works.recipes, 'scan.json'),
        JSON.stringify({ ...recipe, 3: { queue: 'work', service: 'Archive' } }),
      );
      await using reader = await startReader(browser, works.address);
      const { page } = reader;
      await page.goto(`${works.address}/runs`);
      await page.getByRole('link', { name: 'failed', exact: true }).click();
      await page.getByRole('rowheader').getByRole('link').first().click();
      await page.locator('.cause').getByText('bad').first().waitFor();

      await page.getByRole('button', { name: 'Repeat run …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Repeat this run?' });
      expect(await dialog.getByLabel('Only what failed').isChecked()).toBe(true);
      await dialog.getByText('1 message to step 1, Spotfinder').waitFor();
      await dialog.getByText('3 messages to step 2, Gatherer').waitFor();
      await dialog.getByText('scan has changed since: 1 difference').click();
      expect(await dialog.getByRole('row', { name: 'step 3, "service"' }).textContent()).toContain(
        '"Recorder""Archive"',
      );
      await dialog.getByText('Parameters as they were – edit').click();
      await dialog.getByRole('textbox', { name: 'bad' }).fill('[');
      await dialog.getByText('expected JSON').waitFor();
      expect(await dialog.getByRole('button', { name: 'Start a new run' }).isDisabled()).toBe(true);
      await dialog.getByRole('textbox', { name: 'bad' }).fill('[]');
      await dialog.locator('.planned-changes').getByText('[2]').waitFor();
      expect(await page.evaluate(audit)).toEqual([]);
      await pictures(page, 'rerun');
      await dialog.getByLabel('Why?').fill('frame 2 can be read now');
      // Twice, as people do.
      await dialog.getByRole('button', { name: 'Start a new run' }).dblclick();

      await page.waitForURL((url) => !url.pathname.endsWith(failed.id));
      await page.locator('.summary .state').getByText('finished').waitFor();
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      const again = works.ledger.queries.run(id);
      expect(again).toMatchObject({ state: 'finished', rerunOf: failed.id, user: 'localhost' });
      expect(again?.parameters).toMatchObject({ bad: [], comment: 'first light' });
      expect(works.given(id, 1)).toEqual(['{"n":2}']);
      expect(works.ledger.queries.run(failed.id)?.reruns).toEqual([id]);
      expect(works.access.audit.page({ limit: 9, action: 'rerun' }).items).toMatchObject([
        { subject: failed.id, reason: 'frame 2 can be read now', outcome: `accepted: ${id}` },
      ]);
    },
  );

  it('repeats all failed runs at once, with one parameter set for all, and sees what became of each', async () => {
    await using works = await open();
    await works.run({ bad: [], beamline: 'i03' });
    const runs = [await works.run({ bad: [2], beamline: 'i03' }), await works.run({ bad: [1, 3], beamline: 'i04' })];
    await using reader = await startReader(browser, works.address);
    const { page } = reader;
    await page.goto(`${works.address}/runs?state=failed`);
    await page.getByText('All that fit these conditions').waitFor();
    await page.getByRole('button', { name: 'Repeat …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Repeat these runs?' });
    await dialog.getByText('2 runs of 2 would be repeated.').waitFor();
    await dialog.getByText('begins with 4 messages: 1 to step 1, 3 to step 2').waitFor();
    await dialog.getByRole('button', { name: 'Parameters as they were – set one for all' }).click();
    await dialog.getByLabel('Name of the parameter').fill('bad');
    await dialog.getByLabel('Value of bad').fill('[]');
    await dialog.getByLabel('Why?').fill('the detector is back');
    await dialog.getByText('What the messages carry stays as it was').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await pictures(page, 'bulk');
    await dialog.getByRole('button', { name: 'Repeat 2 runs' }).click();
    await dialog.getByText('2 of 2 done.').waitFor();
    await pictures(page, 'bulk-done');
    expect(await page.evaluate(audit)).toEqual([]);
    for (const { id } of runs) {
      const [again = ''] = works.ledger.queries.run(id)?.reruns ?? [];
      expect(await works.ended(again)).toMatchObject({ state: 'finished', parameters: { bad: [] } });
    }
    await dialog.getByRole('link', { name: 'the new run' }).first().click();
    await page.locator('.summary .state').getByText('finished').waitFor();
  });

  it('chooses runs by hand, and is told which of them cannot be cancelled', async () => {
    await using works = await open();
    await works.run({ bad: [], beamline: 'i03' });
    const held = await works.begin({ bad: [], hold: true, beamline: 'i04' });
    await using reader = await startReader(browser, works.address);
    const { page } = reader;
    await page.goto(`${works.address}/runs`);
    await page.getByRole('checkbox', { name: 'Choose all shown' }).check();
    await page.getByText('2 runs chosen').waitFor();
    await pictures(page, 'chosen');
    await page.getByRole('button', { name: 'Cancel …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel these runs?' });
    await dialog.getByText('1 run of 2 would be cancelled.').waitFor();
    await dialog.getByText('it is finished').waitFor();
    await dialog.getByLabel('Why?').fill('no beam');
    await dialog.getByRole('button', { name: 'Cancel 1 run' }).click();
    await dialog.getByText('1 of 1 done.').waitFor();
    works.release();
    expect((await works.ended(held)).cancellation).toMatchObject({ reason: 'no beam', user: 'localhost' });
  });

  it('announces by hand, and sees before what would happen', async () => {
    await using works = await open();
    await using reader = await startReader(browser, works.address);
    const { page } = reader;
    await page.goto(`${works.address}/runs`);
    await page.getByRole('link', { name: 'Announce by hand' }).click();
    await page.getByText('Choose a recipe.').waitFor();
    await page.getByRole('radio', { name: /The rules/ }).check();
    await page.getByText('It would be refused:').waitFor();
    await page.getByRole('radio', { name: /I do/ }).check();
    await page.getByRole('checkbox', { name: 'scan' }).check();
    await page.getByText('scan would begin with 4 messages: 4 to step 1, Spotfinder.').waitFor();
    await page.getByRole('textbox', { name: 'bad' }).fill('[]');
    await page.getByLabel('Name of another parameter').fill('beamline');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('textbox', { name: 'beamline' }).fill('i24');
    await page.getByRole('button', { name: 'as JSON' }).click();
    expect(JSON.parse(await page.getByLabel('Parameters as JSON').inputValue())).toEqual({
      bad: [],
      beamline: 'i24',
    });
    await page.getByLabel('Parameters as JSON').fill('{"bad": [], "beamline": "i24"');
    await page.getByText('Expected a JSON object.').waitFor();
    await page.getByLabel('Parameters as JSON').fill('{"bad": [], "beamline": "i24"}');
    await page.getByText('It would be accepted.').waitFor();
    expect(await page.evaluate(audit)).toEqual([]);
    await pictures(page, 'announce');
    await page.getByLabel('Why?').fill('commissioning');
    await page.getByRole('button', { name: 'Announce', exact: true }).click();
    const [link] = [page.getByRole('status').getByRole('link')];
    await page.getByText('has started').waitFor();
    await link.click();
    await page.locator('.summary .state').getByText('finished').waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(works.ledger.queries.run(id)).toMatchObject({ beamline: 'i24', user: 'localhost', parameters: { bad: [] } });
  });
});

/** Looked at by people, where they say where to. */
async function pictures(page: Page, name: string): Promise<void> {
  const folder = process.env['BATON_PICTURES'];
  if (folder === undefined) return;
  for (const [width, height] of [
    [390, 844],
    [1366, 768],
    [1920, 1080],
  ] as const)
    for (const scheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(folder, `${name}-${String(width)}-${scheme}.png`) });
    }
}
