import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipeSchema } from '../../src/recipes/schema.ts';
import { chromiumAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../monitor/open-monitor.ts';
import { recipeFolder, watching, type RecipeFolder } from '../monitor/recipe-folder.ts';
import { audit } from './audit.ts';
import { buildPage, startBrowser, startReader, type BuiltPage } from './browser.ts';

/** With `BATON_PICTURES=docs/pictures` the pictures of the documents are written there. */
const pictures = process.env['BATON_PICTURES'];

/** A person's way through a screen, on a host that does much else (ms). */
const patience = 90_000;

requireOrSkip('Chromium', chromiumAvailable())('the recipes on the page', () => {
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

  it(
    'are found, changed, tried on what was recorded, and saved with a reason, by keyboard; history and audit tell',
    async () => {
      await using folder = await recipeFolder();
      await using site = await openSite(folder, built);
      await recordRun(site);
      await using reader = await startReader(browser, address(site));
      const { page } = reader;
      await page.goto(`${address(site)}/recipes`);
      await page.getByText('Watches the images of a scan').waitFor();
      expect(await page.evaluate(audit)).toEqual([]);
      await page.getByLabel('Search').fill('watch');
      await page.getByRole('link', { name: 'watching', exact: true }).press('Enter');
      const text = editorOf(page);
      await text.waitFor();
      await page.locator('.recipe-picture').getByRole('link', { name: 'Step 1, filewatcher: starts' }).waitFor();

      // An error, seen at its place.
      await text.focus();
      await keys(page, 'Control+Home', ...times(5, 'ArrowDown'), 'End', ...times(2, 'ArrowLeft'), 'Backspace');
      await page.keyboard.type('3');
      const finding = page.locator('.finding').filter({ hasText: 'error' });
      await finding.first().getByText(/^6:/).waitFor();
      await page.locator('.cm-lintRange-error').filter({ hasText: '"every"' }).waitFor();
      await page.getByText('unsaved changes').waitFor();
      await keys(page, 'Control+Home', 'F8');
      await page.locator('.cm-tooltip-lint').getByText('step 3').first().waitFor();
      await keys(
        page,
        'Escape',
        'Control+Home',
        ...times(5, 'ArrowDown'),
        'End',
        ...times(2, 'ArrowLeft'),
        'Backspace',
      );
      await page.keyboard.type('2');
      await expect.poll(() => finding.count()).toBe(0);

      // A service, completed by keyboard.
      await keys(page, 'Control+Home', ...times(7, 'ArrowDown'), 'Home', 'Shift+End', 'Delete');
      await page.keyboard.type('"2": { "queue": "reco');
      await page.locator('.cm-tooltip-autocomplete').getByText('record_result').waitFor();
      await picture(page, 'recipe');
      await takesKeys(page);
      await keys(page, 'Enter', 'End');
      await page.keyboard.type(',');
      await expect.poll(() => text.innerText()).toContain('"2": { "queue": "record_result"},');
      await page
        .locator('.recipe-picture')
        .getByRole('link', { name: /^Step 2, record_result/ })
        .waitFor();
      expect(await page.evaluate(audit)).toEqual([]);

      // Tried: nothing is touched.
      await page.getByRole('button', { name: 'Try it' }).press('Enter');
      await page.getByText('the rules would run watching.').waitFor();
      await page.getByText('1 message would be started').waitFor();
      await page.locator('.trial h3 .state').getByText('finished').waitFor({ timeout: 45_000 });
      expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toBe(watching);

      // Saved.
      await page.getByRole('button', { name: 'Save …' }).press('Enter');
      await page.getByText('it runs for the rule scans').waitFor();
      await page.locator('.recipe-changes').getByText('step 2, "service"').waitFor();
      await page.getByLabel('Why?').fill('the name says nothing');
      await picture(page, 'recipe-save');
      await page.getByLabel('Why?').press('Enter');
      await page.getByText('Saved: it runs from the next announcement on.').waitFor();
      expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toContain('"2": { "queue": "record_result"},');
      await page.locator('.version').getByText('by localhost: the name says nothing').waitFor();
      await expect.poll(() => page.getByText('unsaved changes').count()).toBe(0);
      await page.getByRole('button', { name: 'Difference to now' }).press('Enter');
      await page.locator('.version .difference-removed').getByText('Result recorder').waitFor();
      expect((await site.get('/api/audit')).json).toMatchObject({
        items: [{ action: 'save recipe', subject: 'watching', reason: 'the name says nothing', who: 'localhost' }],
      });
    },
    patience,
  );

  it(
    'a text is not lost when it cannot be saved, nor when the page is left',
    async () => {
      await using folder = await recipeFolder();
      await using site = await openSite(folder, built);
      await using reader = await startReader(browser, address(site));
      const { page } = reader;
      await page.goto(`${address(site)}/recipes/watching`);
      await editorOf(page).focus();
      await keys(page, 'Control+Home', ...times(2, 'ArrowDown'), 'End', ...times(2, 'ArrowLeft'));
      await page.keyboard.type(' of mine');
      await page.getByText('It is kept in this browser').waitFor();
      await writeFile(join(folder.path, 'watching.json'), watching.replace('a scan', 'every scan'));
      await page.getByRole('button', { name: 'Save …' }).click();
      await page.getByLabel('Why?').fill('mine');
      await page.getByRole('button', { name: 'Save it' }).click();
      await page.getByText('has changed meanwhile').first().waitFor();
      expect(reader.complaints.splice(0)).toEqual([expect.stringContaining('412')]);
      await page.getByRole('button', { name: 'Go on writing' }).click();

      const leaving = page.waitForEvent('dialog');
      const left = page.close({ runBeforeUnload: true });
      const asked = await leaving;
      expect(asked.type()).toBe('beforeunload');
      await asked.dismiss();
      await left;
      await page.goto('about:blank').catch(() => undefined);
      page.once('dialog', (dialog) => void dialog.accept());
      await page.goto(`${address(site)}/recipes/watching`);
      await page.getByText('The file has changed meanwhile').waitFor();
      await expect.poll(() => editorOf(page).innerText()).toContain('of a scan of mine');
      await page.getByRole('button', { name: 'I have seen it' }).click();
      await page.getByRole('button', { name: 'Save …' }).click();
      await page.getByLabel('Why?').fill('mine');
      await page.getByRole('button', { name: 'Save it' }).click();
      await page.getByText('Saved: it runs from the next announcement on.').waitFor();
      expect(await readFile(join(folder.path, 'watching.json'), 'utf8')).toContain('of a scan of mine');
    },
    patience,
  );

  it(
    'one that there is not yet is begun by its name, and made when it is saved',
    async () => {
      await using folder = await recipeFolder();
      await using site = await openSite(folder, built);
      await using reader = await startReader(browser, address(site));
      const { page } = reader;
      await page.goto(`${address(site)}/recipes`);
      await page.getByLabel('New recipe').fill('deep/new one');
      await page.getByRole('button', { name: 'Write it …' }).click();
      await page.getByText('There is no recipe of this name yet').waitFor();
      expect(reader.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
      const text = page.getByRole('textbox', { name: 'Text of deep/new one' });
      await text.focus();
      await keys(page, 'Control+Home', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft');
      await page.keyboard.type('record_re');
      await page.locator('.cm-tooltip-autocomplete').getByText('record_result').waitFor();
      await takesKeys(page);
      await keys(page, 'Enter');
      await page.getByRole('button', { name: 'Save …' }).click();
      await page.getByText('no rule does').waitFor();
      await page.getByLabel('Why?').fill('a first one');
      await page.getByRole('button', { name: 'Save it' }).click();
      await page.getByText('No rule and no recipe runs it').waitFor();
      expect(await readFile(join(folder.path, 'deep/new one.json'), 'utf8')).toContain('"queue": "record_result"');
      expect(await page.evaluate(audit)).toEqual([]);
    },
    patience,
  );

  it(
    'where the site does not let them be saved, say so, and can be changed and tried all the same',
    async () => {
      await using folder = await recipeFolder({ watching }, { editRecipes: false });
      await using site = await openSite(folder, built);
      await using reader = await startReader(browser, address(site));
      const { page } = reader;
      await page.goto(`${address(site)}/recipes/watching`);
      await page.getByText('Cannot be saved here: page.editRecipes').waitFor();
      await editorOf(page).focus();
      await page.keyboard.type(' ');
      await page.getByText('unsaved changes').waitFor();
    },
    patience,
  );
});

/** The monitor as `baton up` makes it. */
async function openSite({ site }: RecipeFolder, { folder }: BuiltPage): Promise<OpenMonitor> {
  return await openMonitor({ recipes: site, recipeSchema: recipeSchema(site.facts.services), webRoot: folder });
}

function address(site: OpenMonitor): string {
  return `http://127.0.0.1:${String(site.monitor.port)}`;
}

async function recordRun(site: OpenMonitor): Promise<void> {
  const parameters = { guid: 'one', event: 'end', file_pattern: '/data/a_%05d.cbf', beamline: 'i03' };
  const sources = [{ name: 'watching', hash: 'abc', bytes: watching.length, text: watching }];
  await site.record(announced('one', { parameters, recipes: ['watching'], sources }), settled('one', 1, 'done'));
}

function editorOf(page: Page): ReturnType<Page['getByRole']> {
  return page.getByRole('textbox', { name: 'Text of watching' });
}

async function keys(page: Page, ...names: readonly string[]): Promise<void> {
  for (const name of names) await page.keyboard.press(name);
}

/** What is offered takes no key in the first 75 ms, so that nobody chooses what comes up under the fingers. */
async function takesKeys(page: Page): Promise<void> {
  const since = await page.evaluate(() => performance.now());
  await page.waitForFunction((then) => performance.now() - then > 80, since);
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function times(count: number, name: string): readonly string[] {
  return Array.from({ length: count }, () => name);
}
