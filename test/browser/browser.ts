import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type LocalRuntime, startLocal } from '../support/local-runtime.ts';

/** Debian's, or whichever `CHROMIUM` names: nothing is downloaded. */
export const CHROMIUM = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== '' && existsSync(path));

export const REMEDY = 'There is no Chromium: apt-get install chromium, or name one with CHROMIUM=…';

export interface Desk {
  runtime: LocalRuntime;
  /** The page in a window of its own; fails at the end if a script of it has failed. */
  open(options?: BrowserContextOptions, before?: (page: Page) => Promise<void>): Promise<Page>;
  close(): Promise<void>;
}

/** One browser and one runtime. */
export async function desk(): Promise<Desk> {
  if (!CHROMIUM) throw new Error(REMEDY);
  const [browser, runtime] = await Promise.all([
    // As root there is no sandbox, and a container's shared memory is small.
    chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    }),
    startLocal(),
  ]);
  return { runtime, open: opener(browser, runtime.url), close };

  async function close() {
    await browser.close();
    await runtime.stop();
  }
}

const opener =
  (browser: Browser, url: string): Desk['open'] =>
  async (options = {}, before = async () => {}) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => {
      throw error;
    });
    await before(page);
    await page.goto(url);
    await page.locator('#transcript .said').first().waitFor();
    return page;
  };
