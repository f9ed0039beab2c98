/** Walks through the pages, to make pictures of them: each in every language, with a server and a house of its own. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { LOCALES, resizing, type Album } from './album.ts';
import { launch, newPage } from './browser.ts';
import { furnish, type House } from './house.ts';
import { Server } from './server.ts';

export type Book = Pick<Album, 'shoot'>;

export interface Walk {
  server: Server;
  house: House;
  book: Book;
  /** A page of somebody, in the walk's language. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** Longest that one takes. */
const LONGEST_MS = 600_000;

export function walks(through: string, all: Record<string, (walk: Walk) => Promise<void>>): void {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser.close());
  const each = LOCALES.flatMap((locale) => Object.entries(all).map(([name, walk]) => ({ locale, name, walk })));
  it.each(each)(`makes pictures of ${through}: $locale, $name`, { timeout: LONGEST_MS }, async ({ locale, walk }) => {
    const server = await Server.start(['--viewers', '2']);
    try {
      const open: Walk['open'] = (options = {}) => newPage(browser, { locale, ...options });
      await walk({ server, house: await furnish(server), book: await resizing(locale), open });
    } finally {
      await server.stop();
    }
  });
}
