/**
 * Every page at the sizes people have, for docs/pages.md and to be looked at: `npm run pages`, which takes pages-*.long.ts too.
 * support/album.ts says where the pictures go, and which are made.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { join, launch, newPage, signIn, signInAs, twice, untilPlaying } from './support/browser.ts';
import { album, COMBINATIONS, SCREENS, type Album } from './support/album.ts';
import { furnish, PASSWORD, type House } from './support/house.ts';
import { Server } from './support/server.ts';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

interface Walk {
  server: Server;
  house: House;
  book: Album;
  /** A page of somebody on this screen, in this language. */
  open(): Promise<Page>;
}

const blur = (page: Page): Promise<void> => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

/** Somebody else who watches, in a small window: it costs little. */
async function company(house: House, name: string, email: string): Promise<Page> {
  const page = await newPage(browser, { viewport: { width: 640, height: 400 } });
  await join(page, await house.invite(name, email));
  await untilPlaying(page);
  await expect.poll(() => page.getByTestId('timecode').textContent(), { timeout: 20_000 }).toMatch(/^\d\d:/);
  return page;
}

async function say(page: Page, text: string, category: string, priority = 'normal'): Promise<void> {
  await page.locator('body').press('c');
  await page.getByTestId('comment-text').fill(text);
  await page.getByTestId('comment-category').selectOption(category);
  await page.getByLabel('How much it matters').selectOption(priority);
  await page.getByTestId('comment-send').click();
  await page.getByTestId('comment-list').getByText(text).waitFor();
}

async function arrow(page: Page): Promise<void> {
  await page.locator('body').press('d');
  await page.locator('.drawing-tools .icon-button').nth(1).click();
  const box = await page.locator('.drawing-canvas').boundingBox();
  if (!box) throw new Error('there is nothing to draw on');
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 5 });
  await page.mouse.up();
}

/** From the invitation to the room, with what opens in it. */
async function client({ house, book, open }: Walk): Promise<{ page: Page; link: string }> {
  const page = await open();
  const invited = await house.invite('Ingrid Halvorsen', 'ingrid@fjordfilm.example');
  await page.goto(invited.url);
  await page.getByTestId('display-early').waitFor();
  await book.shoot(page, 'join');
  await page.getByTestId('display-early').click();
  await book.shoot(page, 'display');
  for (const question of ['blacks', 'whites', 'greys', 'patches']) await page.getByTestId(`${question}-yes`).click();
  await page.getByTestId('display-done').click();
  await page.keyboard.press('Escape');
  await page.getByTestId('passphrase').fill(invited.passphrase);
  await page.getByTestId('join').click();
  await untilPlaying(page);
  await arrow(page);
  await page.getByTestId('comment-text').fill('Could the sky be a touch cooler, from here on?');
  await page.getByTestId('comment-category').selectOption('color');
  await book.shoot(page, 'room-drawing');
  await page.getByTestId('comment-send').click();
  await page.getByTestId('show-drawing').last().click();
  await page.waitForTimeout(600);
  await book.shoot(page, 'room');
  await page.getByTestId('picture-facts').focus();
  await book.shoot(page, 'room-facts');
  await blur(page);
  await page.keyboard.press('t');
  await page.getByTestId('chat-text').fill('Is this the new grade?');
  await page.getByTestId('chat-text').press('Enter');
  await page.getByTestId('chat-lines').getByText('Is this the new grade?').waitFor();
  await blur(page);
  await page.keyboard.press('h');
  await book.shoot(page, 'room-chat');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await book.shoot(page, 'room-help');
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  return { page, link: invited.id };
}

/** The colourist's desk: its columns, its picture and scopes, its stills. */
async function colourist({ server, house, book, open }: Walk, room: Page): Promise<Page> {
  const desk = await open();
  await desk.goto(server.started.console_url);
  await desk.getByTestId('sign-in').waitFor();
  await book.shoot(desk, 'sign-in');
  await signIn(desk, server);
  await desk.waitForTimeout(1500);
  await answer(desk);
  await book.shoot(desk, 'console');
  for (const key of ['b', 'w', 'v']) await desk.keyboard.press(key);
  await untilPlaying(desk);
  for (const key of ['2', '3']) await desk.keyboard.press(key);
  await desk.getByTestId('scopes-read').waitFor();
  await desk.waitForTimeout(2500);
  await book.shoot(desk, 'console-scopes');
  await book.shoot(room, 'room-talkback');
  for (const key of ['b', 'w', 'v']) await desk.keyboard.press(key);
  await desk.keyboard.press('s');
  await desk.getByTestId('gallery').locator('img').first().waitFor();
  await desk.waitForTimeout(800);
  await book.shoot(desk, 'stills');
  await desk.keyboard.press('Enter');
  await desk.waitForTimeout(500);
  await book.shoot(desk, 'still');
  for (const key of ['Escape', 'Escape']) await desk.keyboard.press(key);
  await desk.locator('form.invite input[name=name]').fill('Noor de Vries');
  await desk.locator('form.invite input[name=email]').fill('noor@fjordfilm.example');
  await desk.locator('form.invite button[type=submit]').click();
  await desk.getByTestId('invite-url').waitFor();
  await desk.getByTestId('invite-url').scrollIntoViewIfNeeded();
  await book.shoot(desk, 'console-invite');
  expect(desk.url()).toContain(house.review);
  return desk;
}

async function answer(desk: Page): Promise<void> {
  await desk.getByTestId('log-reply').last().click();
  await desk.getByTestId('log-answer').fill('Down by a third of a stop from here on. Is it better?');
  await desk.getByTestId('log-answer').press('Enter');
  await desk.getByTestId('log-answer').waitFor({ state: 'detached' });
  await desk.getByTestId('log-resolve').last().click();
  await desk.locator('h1').first().click();
  await desk.getByTestId('comment-list').evaluate((list) => list.closest('section')?.scrollTo(0, 0));
}

/** The pages about the house. */
async function office({ server, house, book }: Walk, desk: Page): Promise<void> {
  const turn = async (path: string, name: string, ready: string): Promise<void> => {
    await desk.goto(`${server.origin}/console#/${path}`);
    await desk.locator(ready).first().waitFor();
    await desk.waitForTimeout(700);
    await book.shoot(desk, name);
  };
  await turn('', 'reviews', 'table.reviews');
  await turn('new', 'new-review', 'form');
  await turn('log', 'log', '[data-testid=log-threads] img');
  await turn('projects', 'projects', 'summary');
  const project = desk.locator('li[data-project="Harbour"]');
  await project.locator('summary').click();
  await project.getByTestId('member-choose').selectOption({ label: 'karl' });
  await project.getByTestId('member-add').click();
  await project.getByTestId('members').getByText('karl').waitFor();
  await book.shoot(desk, 'project');
  await project.getByTestId('mark-edit').click();
  await project.getByTestId('mark-preview').waitFor();
  await desk.waitForTimeout(700);
  await project.getByTestId('mark').scrollIntoViewIfNeeded();
  await book.shoot(desk, 'mark');
  await turn('people', 'people', '[data-testid=accounts]');
  await desk.getByTestId('account-new').click();
  await book.shoot(desk, 'new-account');
  await turn('record', 'record', '[data-testid=record] tbody tr');
  await turn('trace', 'leaks', '[data-testid=code-read]');
  await turn('security', 'security', '[data-testid=sessions]');
  await turn(`reviews/${house.review}/proof`, 'proof', '[data-testid=proof-table]');
}

/** Where somebody waits, has no way in, or comes to the end. */
async function thresholds({ server, house, book, open }: Walk, room: Page, link: string, desk: Page): Promise<void> {
  const late = await open();
  await late.goto(`${server.origin}/join#${'A'.repeat(43)}`);
  await late.getByTestId('ended-reason').waitFor();
  await book.shoot(late, 'no-way-in');
  await join(late, await house.invite('Ana Lima', 'ana@lima.example', '--waiting-room'));
  await late.getByTestId('waiting-room').waitFor();
  await book.shoot(late, 'waiting');
  await server.command('link', 'revoke', link);
  await room.getByTestId('ended-reason').waitFor();
  await book.shoot(room, 'withdrawn');
  await desk.goto(`${server.origin}/console#/reviews/${house.review}`);
  await twice(desk, 'end-review');
  await late.getByTestId('ended-reason').waitFor();
  await book.shoot(late, 'ended');
  await desk.waitForTimeout(1000);
  await desk.getByTestId('live-bar').evaluate(() => document.querySelectorAll('.column').forEach((column) => column.scrollTo(0, 0)));
  await book.shoot(desk, 'console-ended');
  await beginner(server, book, desk);
}

/** What somebody finds who has just begun. */
async function beginner(server: Server, book: Album, desk: Page): Promise<void> {
  await desk.context().clearCookies();
  await desk.goto('about:blank');
  await signInAs(desk, server, 'karl', PASSWORD);
  await desk.locator('.empty').waitFor();
  await book.shoot(desk, 'reviews-none');
}

it.each(COMBINATIONS)('makes a picture of every page: %s, %s', { timeout: 600_000 }, async (screen, locale) => {
  const server = await Server.start(['--viewers', '4']);
  try {
    const house = await furnish(server);
    const book = await album(screen, locale);
    const open = (): Promise<Page> => newPage(browser, { ...SCREENS[screen], locale });
    const others = [
      await company(house, '田中 美咲', 'misaki.tanaka@studio-kita.example'),
      await company(house, 'Maximilian Alexander von Hohenberg-Schönfeld', 'maximilian.alexander@international-pictures.example'),
    ] as const;
    await say(others[0], '空の青をもう少し抑えて、肌の赤みはこのまま残してください。', 'color');
    await say(others[1], 'The cut to the quay comes two frames early against the horn; could you look at it together with the sound house before Thursday?', 'edit', 'high');
    const waits = await newPage(browser);
    await join(waits, await house.invite('Ben Okri', 'ben@fjordfilm.example', '--waiting-room'));
    const walk = { server, house, book, open };
    const { page: room, link } = await client(walk);
    const desk = await colourist(walk, room);
    await office(walk, desk);
    await thresholds(walk, room, link, desk);
    for (const page of [room, desk, waits, ...others]) await page.context().close();
  } finally {
    await server.stop();
  }
});
