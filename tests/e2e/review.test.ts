/** A whole review with three people: a client who draws and asks, a second one who answers, a colourist who settles. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying, watching } from './support/browser.ts';
import { session } from './support/session.ts';

// Five pages watch in this file: each must find a seat.
const run = session('--viewers', '5');

const thread = (page: Page, text: string): ReturnType<Page['locator']> => page.getByTestId('comment-list').locator(':scope > li', { hasText: text });

/** A stroke over the picture, in parts of it. */
async function stroke(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.locator('.drawing-canvas').boundingBox();
  if (!box) throw new Error('there is nothing to draw on');
  const at = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

/** Corners of the first box of a drawing, in parts of the picture, as it lies on the screen. */
const boxDrawn = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid=program]');
    const rect = document.querySelector('[data-testid=drawing] rect')?.getBoundingClientRect();
    if (!video || !rect) return [];
    // What is seen of the coded picture, whose strip is cut off below.
    const { left, top, width, height } = (video.parentElement ?? video).getBoundingClientRect();
    return [(rect.x - left) / width, (rect.y - top) / height, (rect.right - left) / width, (rect.bottom - top) / height];
  });

it('is asked with a drawing over a range, answered by name, settled, and found again', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const ana = await watching(run.browser, await run.server.invite('Ana Lima', 'ana@lima.test'));
  const ken = await newPage(run.browser, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await join(ken, await run.server.invite('Ken Sato', 'ken@sato.test'));
  await untilPlaying(ken);

  // By keys: D draws on the frame that is held, the comment goes with it.
  await ana.locator('body').press('d');
  await ana.getByRole('button', { name: 'Box' }).click();
  await stroke(ana, [0.25, 0.25], [0.75, 0.5]);
  await ana.keyboard.press('d');
  const pinned = (await ana.getByTestId('comment-pin').textContent())?.replace('at ', '').trim() ?? '';
  expect(pinned).toMatch(/^\d\d:\d\d:\d\d[:;]\d\d$/);
  await ana.getByTestId('comment-text').pressSequentially('Wire in the sky, @ken');
  await ana.getByTestId('mentions').getByRole('button', { name: 'Ken Sato' }).click();
  await ana.getByTestId('comment-category').selectOption('vfx');
  await ana.getByTestId('comment-priority').selectOption('high');
  await ana.getByTestId('comment-range').click();
  await ana.getByTestId('comment-send').click();
  await expect.poll(() => thread(ana, 'Wire').getAttribute('data-state')).toBe('sent');

  // The other client, on a phone, sees that it names them, and the drawing at the same place of the picture.
  await ken.locator('body').press('c');
  await thread(ken, 'Wire').waitFor();
  expect(await thread(ken, 'Wire').textContent()).toMatch(/Names you/);
  expect(await thread(ken, 'Wire').textContent()).toContain(pinned);
  await thread(ken, 'Wire').getByTestId('show-drawing').click();
  const rounded = async (): Promise<number[]> => (await boxDrawn(ken)).map((side) => Math.round(side * 20) / 20);
  await expect.poll(rounded, { timeout: 10_000 }).toEqual([0.25, 0.25, 0.75, 0.5]);
  await ken.setViewportSize({ width: 844, height: 390 });
  await expect.poll(rounded, { timeout: 10_000 }).toEqual([0.25, 0.25, 0.75, 0.5]);
  await ken.setViewportSize({ width: 390, height: 844 });
  await thread(ken, 'Wire').getByTestId('comment-reply').click();
  await ken.getByTestId('comment-text').fill('Take it out, please');
  await ken.getByTestId('comment-send').click();
  await thread(ana, 'Take it out').waitFor();

  // The colourist filters, jumps to the frame, answers and settles.
  await desk.getByTestId('filter-category').selectOption('vfx');
  const row = thread(desk, 'Wire');
  await row.waitFor();
  await desk.getByRole('group', { name: 'Transport' }).getByRole('button', { name: 'Pause' }).click();
  await desk.keyboard.press(']');
  await expect.poll(() => ana.getByTestId('timecode').textContent(), { timeout: 10_000 }).toBe(pinned);
  await row.getByTestId('log-reply').click();
  await row.getByTestId('log-answer').fill('Gone in v4');
  await row.getByTestId('log-answer').press('Enter');
  await thread(ana, 'Gone in v4').waitFor();
  await desk.locator('h1').first().click();
  await desk.keyboard.press('r');
  await expect.poll(() => thread(ana, 'Wire').getAttribute('data-resolved')).toBe('yes');
  await desk.getByTestId('filter-status').selectOption('open');
  await expect.poll(() => row.count()).toBe(0);

  // An author changes their words; everybody has them, the phone too.
  await thread(ken, 'Take it out').getByTestId('comment-edit').click();
  await ken.getByTestId('comment-text').fill('Leave it in');
  await ken.getByTestId('comment-send').click();
  await thread(ana, 'Leave it in').waitFor();
  for (const page of [ana, ken, desk]) expect(page.errors).toEqual([]);
});

it('sends what was typed while the network was gone, once', async () => {
  const page = await watching(run.browser, await run.server.invite('Mia', 'mia@example.test'));
  await page.context().setOffline(true);
  await page.getByTestId('comment-text').fill('typed in a tunnel');
  await page.getByTestId('comment-send').click();
  await expect.poll(() => thread(page, 'tunnel').getAttribute('data-state'), { timeout: 10_000 }).toBe('unsent');
  await page.context().setOffline(false);
  await expect.poll(() => thread(page, 'tunnel').getAttribute('data-state'), { timeout: 30_000 }).toBe('sent');
  const kept = await page.evaluate(async () => ((await (await fetch('/api/comments')).json()) as { comments: { text: string }[] }).comments);
  expect(kept.filter(({ text }) => text === 'typed in a tunnel')).toHaveLength(1);
});

it('keeps a display check that was made before joining, and shows it to the console', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const page = await newPage(run.browser);
  const invited = await run.server.invite('Noor', 'noor@example.test');
  await page.goto(invited.url);
  await page.getByTestId('display-early').click();
  for (const question of ['blacks', 'whites', 'greys']) await page.getByTestId(`${question}-yes`).click();
  await page.getByTestId('patches-no').click();
  await page.getByTestId('display-done').click();
  await page.keyboard.press('Escape');
  await page.getByTestId('passphrase').fill(invited.passphrase);
  await page.getByTestId('join').click();
  await untilPlaying(page);
  const line = desk.getByTestId('viewers').locator('tbody tr', { hasText: 'noor@example.test' }).getByTestId('display-line');
  await line.waitFor({ timeout: 10_000 });
  expect(await line.textContent()).toMatch(/not seen: saturated colours/);
});
