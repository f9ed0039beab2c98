/** The pages as they were built last, in place of the program's own: `VITRINE_DIST=web-player/dist`, to look at them without building it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { BrowserContext } from 'playwright-core';

const DIST = process.env['VITRINE_DIST'];

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

const PAGES = { client: /^\/(join|room)$/, console: /^\/console$/, patches: /^\/patches$/ };

/** What the program says with its own: a worker is taken under no less. */
const headers = { 'cross-origin-resource-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

export async function withDist(context: BrowserContext): Promise<void> {
  if (DIST === undefined) return;
  // To the browser, a page that no server sent is from anywhere.
  await context.grantPermissions(['local-network-access']);
  await context.route('**/assets/**', async (route) => {
    const path = join(resolve(DIST), new URL(route.request().url()).pathname);
    await (existsSync(path) ? route.fulfill({ path, headers: { ...headers, 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' } }) : route.continue());
  });
  for (const [page, paths] of Object.entries(PAGES)) {
    await context.route((url) => paths.test(url.pathname), async (route) => {
      // With the head of the program's answer: its policy holds here too.
      const response = await route.fetch().catch(() => null);
      if (response === null) return route.abort();
      await route.fulfill({ response, body: await readFile(join(resolve(DIST), `${page}.html`), 'utf8') });
    });
  }
}
