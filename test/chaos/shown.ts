import type { Page } from 'playwright-core';

/** A row of a table, by the heads of its columns, each number as the page writes it. */
export type ShownRow = Readonly<Record<string, string>>;

/** announced, accepted, refused, duplicate: as the overview has them. */
export async function shownAnnouncements(page: Page): Promise<readonly string[]> {
  return await page.locator('dl.equation dd').allTextContents();
}

/** A line of the overview for each queue, by name. */
export async function shownQueues(page: Page): Promise<readonly string[]> {
  const more = page.locator('#queues button.more', { hasText: 'Show all' });
  if ((await more.count()) > 0) await more.click();
  return await page.evaluate<string[]>(`
    [...document.querySelectorAll('tr.queue')].map((row) => {
      const text = (of) => row.querySelector(of).textContent;
      const [name, waiting, consumers, flight] = ['.queue-name .clip', '.queue-waiting', '.queue-consumers', '.queue-flight'].map(text);
      return \`\${name}: \${waiting} waiting, \${consumers} consumers, \${flight} in flight\`;
    }).sort()`);
}

/** What the overview says of all queues. */
export async function shownSum(page: Page): Promise<string> {
  return (await page.locator('#queues .panel-head, #queues header').first().textContent()) ?? '';
}

/** Each run of all pages of the list, from the newest: id, state, and messages as the table writes them. */
export async function shownRuns(page: Page, address: string): Promise<readonly string[]> {
  const runs: string[] = [];
  await page.goto(`${address}/runs`);
  for (;;) {
    await page.locator('.runs-list[aria-busy=false]').waitFor();
    runs.push(
      ...(await page.evaluate<string[]>(`
        [...document.querySelectorAll('.run-row')].map((row) => {
          const id = decodeURIComponent(row.querySelector('.run-name a').getAttribute('href').slice('/runs/'.length));
          const messages = [...row.querySelectorAll('.run-messages span')].map((part) => part.textContent);
          return \`\${id} \${row.querySelector('.run-state .state').textContent}: \${messages.join(', ')}\`;
        })`)),
    );
    const older = page.getByRole('link', { name: 'Older runs' });
    if ((await older.count()) === 0) return runs;
    await page.goto(new URL((await older.getAttribute('href')) ?? '', address).href);
  }
}

/** The table of steps of a run's page. */
export async function shownSteps(page: Page, address: string, run: string): Promise<readonly ShownRow[]> {
  await page.goto(`${address}/runs/${encodeURIComponent(run)}`);
  await page.locator('.run-steps tbody tr').first().waitFor();
  return await page.evaluate<ShownRow[]>(`(() => {
    const heads = [...document.querySelectorAll('.run-steps thead th')].map((head) => head.textContent);
    return [...document.querySelectorAll('.run-steps tbody tr')].map((row) =>
      Object.fromEntries([...row.children].map((cell, index) => [heads[index], cell.textContent])));
  })()`);
}
