import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { launch } from './browser.ts';
import { Server } from './server.ts';

/**
 * One server and one browser for the tests of a file. A test that is tried again gets new ones: nothing that the first try left
 * behind (a paused source, comments, a person inside) decides over the second.
 */
export function session(...args: string[]): { readonly server: Server; readonly browser: Browser } {
  let server: Server | undefined;
  let browser: Browser | undefined;
  const start = async (): Promise<void> => {
    server = await Server.start(args);
    browser = await launch();
  };
  const stop = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
  };
  beforeAll(start);
  beforeEach(async ({ task }) => {
    if (!task.result?.retryCount) return;
    await stop();
    await start();
  });
  afterAll(stop);
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
