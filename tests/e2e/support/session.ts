import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from './browser.ts';
import { Server } from './server.ts';

/** One server and one browser for the tests of a file. */
export function session(...args: string[]): { readonly server: Server; readonly browser: Browser } {
  let server: Server | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    server = await Server.start(args);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get server() {
      if (!server) throw new Error('not started');
      return server;
    },
    get browser() {
      if (!browser) throw new Error('not started');
      return browser;
    },
  };
}
