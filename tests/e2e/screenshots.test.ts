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
});

it('loads the room with at most 150 kB over the wire', async () => {
  const page = await newPage(run.browser);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(run.server.client.url);
  await page.getByTestId('join').waitFor();
  await page.evaluate(() => document.fonts.ready);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(150_000);
});

const SIZES = { phone: { width: 390, height: 844 }, laptop: { width: 1440, height: 900 }, uhd: { width: 3840, height: 2160 } };

it.skipIf(!process.env['SHOTS'])('makes pictures of the real pages at phone, laptop and 4K size, to be looked at', async () => {
  const folder = process.env['SHOTS'] ?? '';
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const locale of ['en-GB', 'ja-JP']) {
      const shot = (page: Page, name: string): Promise<unknown> => page.screenshot({ path: `${folder}/${name}-${size}-${locale.slice(0, 2)}.png` });
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
      const desk = await newPage(run.browser, { viewport, locale });
      await signIn(desk, run.server);
      await desk.waitForTimeout(1500);
      await shot(desk, 'console');
      await client.close();
      await desk.close();
    }
  }
});
