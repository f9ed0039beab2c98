/** The console's own picture and what its scopes draw of it. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { serious, withAxe } from './support/axe.ts';
import { newPage, signIn, untilPlaying, watching } from './support/browser.ts';
import { point, spot } from './support/pointer.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '2');

/** The brightest of a canvas that a worker draws. */
const brightest = (page: Page, scope: string): Promise<number> =>
  page.locator(`[data-scope=${scope}] canvas`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const pen = copy.getContext('2d');
    pen?.drawImage(canvas, 0, 0);
    const pixels = pen?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    return pixels.reduce((most, value, index) => (index % 4 === 0 ? Math.max(most, value) : most), 0);
  });

it('shows the console the picture as sent, with scopes of its 10-bit samples', async () => {
  const desk = await newPage(run.browser);
  await withAxe(desk);
  await signIn(desk, run.server);
  await desk.keyboard.press('v');
  await untilPlaying(desk);
  for (const key of ['2', '4']) await desk.keyboard.press(key);
  const read = desk.getByTestId('scopes-read');
  await read.waitFor();
  expect(await read.getAttribute('data-raw')).toBe('yes');
  expect(await read.textContent()).toContain('10-bit');
  const figures = async (): Promise<[number, number]> => {
    const found = /(\d+)\/s, ([\d.]+) ms/.exec((await read.textContent()) ?? '');
    return [Number(found?.[1]), Number(found?.[2])];
  };
  // Four at once. What a look costs by itself is in web-player/test/scopes.test.ts; here other work takes its part.
  await expect.poll(async () => (await figures())[0], { timeout: 15_000, interval: 500 }).toBeGreaterThanOrEqual(2);
  const [fps, ms] = await figures();
  console.log(`scopes: ${fps} a second, ${ms} ms each`);
  for (const scope of ['waveform', 'parade', 'vectorscope', 'histogram']) await expect.poll(() => brightest(desk, scope), { timeout: 10_000 }).toBeGreaterThan(90);
  expect(await serious(desk), 'console with scopes').toEqual([]);
  const own = desk.getByTestId('viewers').locator('tbody tr', { hasText: 'House' });
  await own.waitFor();

  // Its own pointer reaches guests by name.
  const ana = await watching(run.browser, await run.server.invite('Ana Lima', 'ana@lima.test'));
  await desk.keyboard.press('g');
  await point(desk, 0.5, 0.5);
  await expect.poll(() => spot(ana), { timeout: 5_000, interval: 50 }).toEqual([0.5, 0.5]);
  await desk.keyboard.press('v');
  await expect.poll(() => own.getAttribute('data-state'), { timeout: 10_000 }).toBe('ended');
  for (const page of [ana, desk]) expect(page.errors).toEqual([]);
});
