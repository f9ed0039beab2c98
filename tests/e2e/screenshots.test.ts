import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

it('makes the pictures of the room and of the console for the documents', async () => {
  await mkdir(IMAGES, { recursive: true });
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  await client.getByTestId('comment-text').pressSequentially('The skin in the second row is right now. Keep it.');
  await client.getByTestId('comment-send').click();
  await client.waitForTimeout(2500);
  await client.screenshot({ path: `${IMAGES}room.png` });
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  await desk.waitForTimeout(2500);
  await desk.screenshot({ path: `${IMAGES}console.png` });
  for (const page of [client, desk]) await page.context().close();
});

it('loads the room with at most 150 kB over the wire', async () => {
  const page = await newPage(run.browser);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  // Somebody else than in the test before: one place for each link.
  const invited = await run.server.invite('Ingrid Halvorsen', 'first@fjordfilm.example');
  await page.goto(invited.url);
  await page.getByTestId('join').waitFor();
  await page.evaluate(() => document.fonts.ready);
  expect(bytes).toBeGreaterThan(50_000);
  // The room is the same document: what it loads beyond the join page counts, the picture does not.
  await page.getByTestId('passphrase').fill(invited.passphrase);
  await page.getByTestId('join').click();
  await untilPlaying(page);
  const assets = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.startsWith('/assets/'))
      .map((entry) => [new URL(entry.name).pathname, (entry as PerformanceResourceTiming).encodedBodySize] as const),
  );
  const room = assets.reduce((sum, [, size]) => sum + size, 0);
  console.log(`first load: ${bytes} bytes to the join page, ${room} bytes of assets to the room`);
  expect(bytes).toBeLessThanOrEqual(150_000);
  expect(room).toBeLessThanOrEqual(150_000);
});

it('paints the join page within a second', async () => {
  const page = await newPage(run.browser);
  await page.goto(run.server.client.url);
  await page.getByTestId('join').waitFor();
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity);
  console.log(`first contentful paint after ${Math.round(paint)} ms`);
  expect(paint).toBeLessThan(1000);
});
