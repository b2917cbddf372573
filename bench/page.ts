import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page as Tab } from 'playwright-core';
import { names } from '../src/services/names.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { buildPage, startBrowser } from '../test/web/browser.ts';
import { beat } from './heartbeats.ts';
import { announcement } from './ledger-records.ts';
import { startMonitorProcess } from './monitor-process.ts';
import { percentile } from './percentiles.ts';

/** How often the page is loaded, and how many events come for how long. */
export interface PageAmounts {
  readonly loads: number;
  readonly eventsPerSecond: readonly number[];
  readonly seconds: number;
}

/** The overview while so many events a second come. Times in milliseconds. */
export interface PageUnderEvents {
  /** From when a heartbeat or record was sent until it was drawn. */
  readonly seen: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Tasks longer than 50 ms, of all seconds, and the longest. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Between two frames, 99 of 100. */
  readonly frameGapP99Ms: number;
  /** Of one core, what the page's own process computes: whatever else runs on the machine. */
  readonly corePercent: number;
}

/** The page in a browser. */
export interface Page {
  /** Median of loads by a browser that never saw the page. */
  readonly firstPaintMs: number;
  /** What was loaded until then, compressed. */
  readonly firstScreenKilobytes: number;
  readonly byEventsPerSecond: Readonly<Record<string, PageUnderEvents>>;
}

const services = 100;
/** One in so many events is an announcement, the others heartbeats. */
const announced = 10;
const wait = 2_000;

/** Builds the page, opens it in Debian's Chromium, and watches it. */
export async function page(
  { loads, eventsPerSecond, seconds }: PageAmounts,
  say: (line: string) => void,
): Promise<Page> {
  await using built = await buildPage();
  await using folder = await temporaryFolder();
  await using monitor = await startMonitorProcess(folder.path, built.folder);
  await using browser = await startBrowser();
  const address = `http://127.0.0.1:${String(monitor.port)}/`;
  const paints: number[] = [];
  for (let load = 0; load < loads; load += 1) paints.push(await firstPaint(browser, address));
  const firstScreenKilobytes = await firstScreen(browser, address);
  const byEventsPerSecond: Record<string, PageUnderEvents> = {};
  for (const perSecond of eventsPerSecond) {
    const figures = await underEvents(browser, address, monitor.broker, perSecond, seconds);
    say(`${String(perSecond)} events/s: ${JSON.stringify(figures)}`);
    byEventsPerSecond[String(perSecond)] = figures;
  }
  return { firstPaintMs: percentile(paints, 0.5), firstScreenKilobytes, byEventsPerSecond };
}

/** Milliseconds from the question for the page to the first that is painted of it. */
async function firstPaint(browser: Browser, address: string): Promise<number> {
  await using context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const tab = await context.newPage();
  await tab.goto(address);
  await tab.locator('.overview').waitFor();
  const painted = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;
  // It is told of a little after it was painted.
  return Number(await (await tab.waitForFunction(painted)).jsonValue());
}

async function firstScreen(browser: Browser, address: string): Promise<number> {
  await using context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const tab = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  tab.on('response', (response) => {
    if (!response.url().includes('/api/')) bodies.push(response.body());
  });
  await tab.goto(address);
  await tab.locator('.overview').waitFor();
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1000);
}

async function underEvents(
  browser: Browser,
  address: string,
  broker: string,
  perSecond: number,
  seconds: number,
): Promise<PageUnderEvents> {
  await using context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const tab = await context.newPage();
  await tab.addInitScript(await watching());
  await tab.goto(address);
  await tab.locator('.overview').waitFor();
  await using _beating = await beat(broker, services, perSecond - perSecond / announced);
  await using _announcing = await announce(broker, perSecond / announced);
  // Until all services have their cards.
  await setTimeout(wait);
  await tab.evaluate(`for (const list of Object.values(window.watched)) list.length = 0`);
  const before = await rendererSeconds(browser);
  await setTimeout(seconds * 1000);
  const used = (await rendererSeconds(browser)) - before;
  return { ...figuresOf(await watchedIn(tab)), corePercent: Math.round((used / seconds) * 100) };
}

/** Seconds that the processes of all tabs have computed. */
async function rendererSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** What the browser is to note: code of the browser, which the types of this side know nothing of. */
async function watching(): Promise<() => void> {
  const file = new URL('../test/web/watch-screen.ts', import.meta.url);
  const { watchScreen } = (await import(file.href)) as { readonly watchScreen: () => void };
  return watchScreen;
}

interface Watched {
  readonly latencies: readonly number[];
  readonly tasks: readonly number[];
  readonly gaps: readonly number[];
}

async function watchedIn(tab: Tab): Promise<Watched> {
  return await tab.evaluate<Watched>('window.watched');
}

function figuresOf({ latencies, tasks, gaps }: Watched): Omit<PageUnderEvents, 'corePercent'> {
  return {
    seen: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99) },
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
    frameGapP99Ms: percentile(gaps, 0.99),
  };
}

let number = 0;

/** Sends the records of so many announcements a second, each of a collection that says when that was. */
async function announce(broker: string, perSecond: number): Promise<AsyncDisposable> {
  const client = new Client({ address: parseBrokerAddress(broker), name: 'bench announcements' });
  await client.start();
  const destination = client.queue(names.ledger);
  const ending = new AbortController();
  const announcing = (async () => {
    const began = performance.now();
    for (let sent = 0; !ending.signal.aborted;) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      for (; sent < due; sent += 1) {
        number += 1;
        const now = Date.now();
        const record = { ...announcement(number, 10), received: now, settled: now, collection: `sent ${String(now)}` };
        await client.send({ destination, body: JSON.stringify({ records: [record] }) });
      }
      await setTimeout(10);
    }
  })();
  announcing.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await announcing;
      await client.stop();
    },
  };
}
