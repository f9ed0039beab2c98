/** axe-core finds nothing serious on any page (WCAG 2.2 A and AA), and the room works by keyboard alone. */
import { expect, it } from 'vitest';
import { serious, withAxe } from './support/axe.ts';
import { join, newPage, signIn, untilPlaying, watching } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('has no serious finding from the door to the end page', async () => {
  const page = await newPage(run.browser);
  await withAxe(page);
  await page.goto(run.server.client.url);
  await page.getByTestId('join').waitFor();
  expect(await serious(page), 'join').toEqual([]);
  await page.getByTestId('display-early').click();
  expect(await serious(page), 'display check').toEqual([]);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('passphrase').fill(run.server.client.passphrase);
  await page.getByTestId('join').click();
  await untilPlaying(page);
  await page.getByTestId('comment-text').fill('Sky a touch cooler');
  await page.getByTestId('comment-send').click();
  await page.getByTestId('comment-reply').waitFor();
  expect(await serious(page), 'room').toEqual([]);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('d');
  await page.getByRole('toolbar').waitFor();
  expect(await serious(page), 'room while drawing').toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('.stage').click();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  expect(await serious(page), 'help').toEqual([]);

  const desk = await newPage(run.browser);
  await withAxe(desk);
  await desk.goto(run.server.started.console_url);
  await desk.getByTestId('sign-in').waitFor();
  expect(await serious(desk), 'sign-in').toEqual([]);
  await signIn(desk, run.server);
  await desk.getByTestId('log-resolve').waitFor();
  expect(await serious(desk), 'console').toEqual([]);
  const origin = new URL(run.server.started.console_url).origin;
  await desk.keyboard.press('s');
  await desk.getByTestId('gallery').waitFor();
  expect(await serious(desk), 'stills').toEqual([]);
  await desk.keyboard.press('Escape');
  const proof = `#/reviews/${await run.server.review()}/proof`;
  const pages = [
    ['#/', 'table.reviews'], ['#/new', 'form'], ['#/log', '[data-testid=log-threads] > li'], ['#/projects', 'summary'],
    ['#/people', '[data-testid=accounts]'], ['#/record', '[data-testid=record] tbody tr'], ['#/trace', '[data-testid=code-read]'],
    ['#/security', '[data-testid=sessions]'], [proof, '[data-testid=proof-table]'],
  ] as const;
  for (const [route, marker] of pages) {
    await desk.goto(`${origin}/console${route}`);
    await desk.locator(marker).first().waitFor();
    for (const summary of await desk.locator('main summary').all()) await summary.click();
    expect(await serious(desk), route).toEqual([]);
  }
  await page.keyboard.press('Escape');
  const leave = page.getByRole('button', { name: 'Leave' });
  await leave.click();
  await page.getByRole('button', { name: /Leave/ }).first().click();
  await page.getByTestId('ended-reason').waitFor();
  expect(await serious(page), 'end page').toEqual([]);
});

it('has no serious finding where somebody waits, or has no way in', async () => {
  const page = await newPage(run.browser);
  await withAxe(page);
  await join(page, await run.server.invite('Ben', 'ben@example.test', '--waiting-room'));
  await page.getByTestId('waiting-room').waitFor();
  expect(await serious(page), 'waiting room').toEqual([]);
  await page.goto(`${run.server.origin}/patches`);
  await page.getByTestId('patches-show').waitFor();
  expect(await serious(page), 'patches').toEqual([]);
  for (const [path, said] of [['/join', 'no invitation'], [`/join#${'A'.repeat(43)}`, 'does not open']] as const) {
    await page.goto(`${run.server.origin}${path}`);
    await page.getByRole('heading', { name: said }).waitFor();
    expect(await serious(page), path).toEqual([]);
  }
});

it('is used without a mouse: comment, change, delete, help, full screen', async () => {
  const page = await watching(run.browser, await run.server.invite('Kim', 'kim@example.test'));
  await page.locator('body').press('c');
  const focused = (): Promise<string | undefined> => page.evaluate(() => document.activeElement?.tagName);
  await expect.poll(focused, { timeout: 10_000 }).toBe('TEXTAREA');
  await page.keyboard.type('By keys alone');
  await page.keyboard.press('Enter');
  const mine = page.getByTestId('comment-list').locator(':scope > li', { hasText: 'By keys alone' });
  await expect.poll(() => mine.getAttribute('data-state')).toBe('sent');
  const press = async (testId: string): Promise<void> => {
    await mine.getByTestId(testId).focus();
    await page.keyboard.press('Enter');
  };
  await press('comment-edit');
  await expect.poll(() => page.getByTestId('comment-text').inputValue()).toBe('By keys alone');
  await expect.poll(focused, { timeout: 10_000 }).toBe('TEXTAREA');
  await page.keyboard.press('End');
  await page.keyboard.type(', twice');
  await page.keyboard.press('Enter');
  await expect.poll(() => mine.textContent()).toContain('By keys alone, twice');
  await press('comment-resolve');
  await expect.poll(() => mine.getAttribute('data-resolved')).toBe('yes');
  await press('comment-delete');
  await page.keyboard.press('Enter');
  await expect.poll(() => mine.count()).toBe(0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  const around = (): Promise<string> => page.locator('.stage').evaluate((stage) => getComputedStyle(stage).backgroundColor);
  expect(await around()).not.toBe('rgb(89, 89, 89)');
  await page.keyboard.press('s');
  expect(await around()).toBe('rgb(89, 89, 89)');
  await page.keyboard.press('f');
  await expect.poll(() => page.evaluate(() => document.fullscreenElement?.className ?? '')).toContain('room');
});
