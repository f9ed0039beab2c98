/** Three people in one room beside its comments: pointing, hands, chat, muting, the house's sentence. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { serious, withAxe } from './support/axe.ts';
import { join, newPage, signIn, untilPlaying, watching } from './support/browser.ts';
import { point, spot } from './support/pointer.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '4');

/** How much what is on the page moved by itself. */
const shifts = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number; hadRecentInput: boolean }).value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 200);
      }),
  );

it('lets three people point, ask, chat, and be told to wait', async () => {
  const desk = await newPage(run.browser);
  await withAxe(desk);
  await signIn(desk, run.server);
  const ana = await newPage(run.browser);
  await withAxe(ana);
  await join(ana, await run.server.invite('Ana Lima', 'ana@lima.test'));
  await untilPlaying(ana);
  const ken = await newPage(run.browser, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await join(ken, await run.server.invite('Ken Sato', 'ken@sato.test'));
  await untilPlaying(ken);
  const row = (name: string): ReturnType<Page['locator']> => desk.getByTestId('viewers').locator('tbody tr', { hasText: name });

  // Pointing: at the same place of the picture in a window of another shape, with a name, and gone after a second.
  await ana.locator('body').press('l');
  // It fades while a busy machine asks: name and place in one look.
  const named = ken.waitForFunction(() => document.querySelector('.spot-name')?.textContent, undefined, { polling: 30 });
  await point(ana, 0.3, 0.7);
  expect(await (await named).jsonValue()).toBe('Ana Lima');
  await point(ana, 0.31, 0.7);
  await point(ana, 0.3, 0.7);
  await expect.poll(() => spot(ken), { timeout: 5_000, interval: 50 }).toEqual([0.3, 0.7]);
  await expect.poll(() => spot(ken), { timeout: 2_000, interval: 50 }).toBeNull();
  await ken.setViewportSize({ width: 844, height: 390 });
  // It fades after a second, and the phone may still be turning: pointed at until it is there.
  const turned = async (): Promise<number[] | null> => (await point(ana, 0.79, 0.2), await point(ana, 0.8, 0.2), spot(ken));
  await expect.poll(turned, { timeout: 5_000, interval: 100 }).toEqual([0.8, 0.2]);
  await ken.setViewportSize({ width: 390, height: 844 });

  // A hand is raised by its person and taken down by the house.
  await ana.keyboard.press('h');
  await row('ana@lima.test').getByTestId('lower-hand').click();
  await expect.poll(() => ana.getByRole('button', { name: /hand/i }).getAttribute('aria-pressed')).toBe('false');
  await expect.poll(() => row('ana@lima.test').getByTestId('lower-hand').count()).toBe(0);

  // Chat reaches everybody; whoever is muted keeps their comments only.
  await ana.keyboard.press('t');
  await ana.keyboard.type('Is this the new grade?');
  await ana.keyboard.press('Enter');
  await desk.getByTestId('chat-lines').getByText('Is this the new grade?').waitFor();
  await desk.keyboard.press('t');
  await desk.keyboard.type('It is v4');
  await desk.keyboard.press('Enter');
  await ana.getByTestId('chat-lines').getByText('It is v4').waitFor();
  await ken.locator('body').press('c');
  await expect.poll(() => ken.getByTestId('part-chat').textContent()).toContain('2 new');
  expect(await serious(ana), 'room with chat').toEqual([]);
  await row('ana@lima.test').getByTestId('mute').click();
  await expect.poll(() => ana.getByTestId('chat-text').count()).toBe(0);
  await expect.poll(() => ana.getByRole('button', { name: /Point/ }).isDisabled()).toBe(true);
  await row('ana@lima.test').getByTestId('mute').click();
  await ana.getByTestId('chat-text').waitFor();

  // One key says a sentence over every picture, the same takes it away; nothing else on the page moves.
  const before = await shifts(ana);
  await desk.locator('h1').first().click();
  await desk.keyboard.press('b');
  for (const page of [ana, ken]) await expect.poll(() => page.getByTestId('talkback').textContent()).toBe('Back in 5 minutes');
  expect((await shifts(ana)) - before).toBeLessThan(0.001);
  await desk.keyboard.press('b');
  for (const page of [ana, ken]) await expect.poll(() => page.getByTestId('talkback').count()).toBe(0);

  await desk.keyboard.press('p');
  await expect.poll(() => ana.getByRole('button', { name: /Point/ }).isDisabled()).toBe(true);
  await desk.keyboard.press('p');
  expect(await serious(desk), 'console').toEqual([]);
  for (const page of [ana, ken, desk]) expect(page.errors).toEqual([]);
});

it('shows all stills in order, one large with its drawing, and winds the source to it by one key', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const ana = await watching(run.browser, await run.server.invite('Ana Lima', 'ana@lima.test'));
  await desk.getByRole('group', { name: 'Transport' }).getByRole('button', { name: 'Pause' }).click();
  for (const text of ['first', 'second']) {
    await ana.getByTestId('comment-text').fill(text);
    await ana.getByTestId('comment-send').click();
    await ana.getByTestId('comment-list').getByText(text).waitFor();
    const before = await ana.getByTestId('timecode').textContent();
    for (let step = 0; step < 5; step++) await desk.keyboard.press('ArrowRight');
    await expect.poll(() => ana.getByTestId('timecode').textContent(), { timeout: 10_000 }).not.toBe(before);
  }
  await expect.poll(() => desk.getByTestId('stills').textContent(), { timeout: 15_000 }).toContain('2 stills');
  await desk.keyboard.press('s');
  const gallery = desk.getByTestId('gallery');
  const codes = await gallery.locator('.gallery-timecode').allTextContents();
  expect(codes).toHaveLength(2);
  expect([...codes].sort()).toEqual(codes);
  await expect.poll(() => gallery.locator('img').first().evaluate((picture) => (picture as HTMLImageElement).naturalWidth)).toBeGreaterThan(100);
  await desk.keyboard.press('ArrowRight');
  await desk.keyboard.press('Enter');
  await desk.getByTestId('gallery-large').getByText('second').waitFor();
  await desk.keyboard.press('ArrowLeft');
  await desk.getByTestId('gallery-large').getByText('first').waitFor();
  await desk.keyboard.press('j');
  await expect.poll(() => ana.getByTestId('timecode').textContent(), { timeout: 10_000 }).toBe(codes[0]);
  await desk.keyboard.press('Escape');
  await desk.keyboard.press('Escape');
  await expect.poll(() => gallery.count()).toBe(0);
  for (const page of [ana, desk]) expect(page.errors).toEqual([]);
});
