import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
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

const SIZES = { phone: { width: 390, height: 844 }, laptop: { width: 1440, height: 900 }, uhd: { width: 3840, height: 2160 } };

it.skipIf(!process.env['SHOTS'])('makes pictures of the real pages at phone, laptop and 4K size, to be looked at', { timeout: 900_000, retry: 0 }, async () => {
  const folder = process.env['SHOTS'] ?? '';
  await mkdir(folder, { recursive: true });
  const wanted = process.env['SHOTS_SIZES']?.split(',') ?? Object.keys(SIZES);
  for (const [size, viewport] of Object.entries(SIZES).filter(([size]) => wanted.includes(size))) {
    for (const locale of ['en-GB', 'ja-JP']) {
      const shot = (page: Page, name: string, fullPage = false): Promise<unknown> =>
        page.screenshot({ path: `${folder}/${name}-${size}-${locale.slice(0, 2)}.png`, fullPage });
      const client = await newPage(run.browser, { viewport, locale, hasTouch: size === 'phone' });
      const invited = await run.server.invite('Ingrid Halvorsen', 'ingrid@fjordfilm.example');
      await client.goto(invited.url);
      await client.getByTestId('display-early').click();
      await shot(client, 'display');
      await client.keyboard.press('Escape');
      await shot(client, 'join');
      await client.getByTestId('passphrase').fill(invited.passphrase);
      await client.getByTestId('join').click();
      await untilPlaying(client);
      await client.locator('body').press('d');
      await client.locator('.drawing-tools .icon-button').nth(1).click();
      const box = await client.locator('.drawing-canvas').boundingBox();
      if (box) {
        await client.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
        await client.mouse.down();
        await client.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 5 });
        await client.mouse.up();
      }
      await client.getByTestId('comment-text').fill('Could the sky be a touch cooler, from here on?');
      await client.getByTestId('comment-category').selectOption('color');
      await shot(client, 'room-drawing');
      await client.getByTestId('comment-send').click();
      await client.getByTestId('comment-reply').first().click();
      await client.getByTestId('comment-text').fill('And the wall behind her, too.');
      await client.getByTestId('comment-send').click();
      await client.getByTestId('show-drawing').last().click();
      await client.waitForTimeout(800);
      await shot(client, 'room');
      await client.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await client.keyboard.press('t');
      await client.getByTestId('chat-text').fill('Is this the new grade?');
      await client.getByTestId('chat-text').press('Enter');
      await client.waitForTimeout(400);
      await shot(client, 'chat');
      await client.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await client.keyboard.press('h');
      await client.keyboard.press('?');
      await client.waitForTimeout(400);
      await shot(client, 'help');
      await client.keyboard.press('Escape');
      const desk = await newPage(run.browser, { viewport, locale });
      await signIn(desk, run.server);
      await desk.waitForTimeout(1500);
      await shot(desk, 'console');
      await desk.keyboard.press('b');
      await desk.keyboard.press('v');
      await untilPlaying(desk);
      for (const key of ['2', '4']) await desk.keyboard.press(key);
      await desk.waitForTimeout(2500);
      await shot(desk, 'console-scopes');
      await shot(client, 'talkback');
      await desk.keyboard.press('b');
      await desk.keyboard.press('s');
      await desk.waitForTimeout(800);
      await shot(desk, 'gallery');
      await desk.keyboard.press('Enter');
      await desk.waitForTimeout(500);
      await shot(desk, 'still');
      await desk.keyboard.press('Escape');
      await desk.keyboard.press('Escape');
      for (const page of ['', 'new', 'log', 'projects', 'people', 'record', 'trace', 'security']) {
        await desk.goto(`${run.server.origin}/console#/${page}`);
        await desk.waitForTimeout(700);
        for (const summary of await desk.locator('main summary').all()) await summary.click();
        await desk.waitForTimeout(300);
        await shot(desk, `page-${page === '' ? 'reviews' : page}`, true);
      }
      await desk.goto(`${run.server.origin}/console#/reviews/${await run.server.review()}/proof`);
      await desk.waitForTimeout(1000);
      await shot(desk, 'proof', true);
      await desk.getByRole('banner').getByRole('button').click();
      await desk.getByTestId('sign-in').waitFor();
      await shot(desk, 'sign-in');
      const late = await newPage(run.browser, { viewport, locale });
      await join(late, await run.server.invite('Ben Okri', 'ben@fjordfilm.example', '--waiting-room'));
      await late.getByTestId('waiting-room').waitFor();
      await shot(late, 'waiting');
      await late.goto(`${run.server.origin}/join#${'A'.repeat(43)}`);
      await late.getByTestId('ended-reason').waitFor();
      await shot(late, 'no-way-in');
      await run.server.command('link', 'revoke', invited.id);
      await client.getByTestId('ended-reason').waitFor();
      await shot(client, 'ended');
      for (const page of [client, desk, late]) await page.close();
    }
  }
});
