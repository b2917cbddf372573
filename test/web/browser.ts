import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium as engine, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromium } from '../fixtures/debian-programs.ts';

const checkout = resolve(import.meta.dirname, '../..');

/** The page as `npm run build` makes it, in a folder of its own that goes with it. */
export interface BuiltPage extends AsyncDisposable {
  readonly folder: string;
}

export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-page-'));
  const vite = join(checkout, 'node_modules/vite/bin/vite.js');
  const options = ['build', '--config', 'web/vite.config.ts', '--outDir', folder, '--logLevel', 'warn'];
  const { status, stderr } = spawnSync(process.execPath, [vite, ...options], { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be built:\n${stderr}`);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Debian's Chromium, without a window and without anything it would say to the world by itself. */
export async function startBrowser(): Promise<Browser> {
  return await engine.launch({
    executablePath: chromium,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One reader with a window. Disposing of it closes the window, and fails when the browser complained of anything. */
export interface Reader extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: errors and warnings on its console, uncaught exceptions, requests to elsewhere. */
  readonly complaints: string[];
}

export async function startReader(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Reader> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) complaints.push(`asked ${request.url()}`);
  });
  const close = async (): Promise<void> => {
    await context.close();
    if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`);
  };
  return { page, complaints, [Symbol.asyncDispose]: close };
}
