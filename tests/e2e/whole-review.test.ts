/**
 * A whole review by three people, each in a role of their own: the producer plans, invites, ends and takes the files; the client
 * checks the display, watches, comments and draws; the colourist answers, changes the look, winds the source and keeps order.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join as inFolder } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { newPage, signInAs, twice, untilPlaying } from './support/browser.ts';
import { program, type Invited } from './support/server.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '1');
const PASSWORD = 'a long first password';
const TITLE = 'Harbour, reel 2';
const SAID = 'Sky a touch cooler, please';
const HOUSE = 'Cooler by a third of a stop';

type Desk = Page & { errors: string[] };

async function desk(user: string, role: string): Promise<Desk> {
  await run.server.account(user, role, PASSWORD);
  const page = await newPage(run.browser);
  await signInAs(page, run.server, user, PASSWORD);
  await page.getByRole('link', { name: 'Projects', exact: true }).waitFor();
  return page;
}

const thread = (page: Page, text: string): ReturnType<Page['locator']> => page.getByTestId('comment-list').locator(':scope > li', { hasText: text });

/** The producer plans a review of the reference reel, now. */
async function plan(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Reviews', exact: true }).click();
  await page.locator('a[href="#/new"]').click();
  await page.locator('input[name=title]').fill(TITLE);
  await page.locator('input[name=host]').fill('North Light');
  await page.getByText('Reference reel', { exact: true }).click();
  await page.getByLabel('Height in lines').fill('480');
  await page.getByRole('button', { name: 'Create review' }).click();
  await page.getByTestId('viewers').waitFor();
  return page.url().split('/').at(-1) ?? '';
}

/** The producer invites: link and passphrase as the page shows them. */
async function invite(page: Page, name: string, email: string): Promise<Invited> {
  const form = page.locator('form.invite');
  await form.locator('input[name=name]').fill(name);
  await form.locator('input[name=email]').fill(email);
  await form.getByRole('button', { name: 'Make link' }).click();
  const shown = async (testId: string): Promise<string> => (await page.getByTestId(testId).textContent()) ?? '';
  return { name, email, url: await shown('invite-url'), passphrase: await shown('invite-passphrase') };
}

/** The client opens the link, looks at the display, gives the passphrase, and watches. */
async function comeIn(page: Page, { url, passphrase }: Invited): Promise<void> {
  await page.goto(url);
  await page.getByText('North Light invites you').waitFor();
  await page.getByTestId('display-early').click();
  for (const question of ['blacks', 'whites', 'greys', 'patches']) await page.getByTestId(`${question}-yes`).click();
  await page.getByTestId('display-done').click();
  await page.keyboard.press('Escape');
  await page.getByTestId('passphrase').fill(passphrase);
  await page.getByTestId('join').click();
  await untilPlaying(page);
  // A comment is pinned to a frame, so the page must know which one it shows.
  await expect.poll(() => page.getByTestId('timecode').textContent(), { timeout: 20_000 }).toMatch(/^\d\d:/);
}

/** The client draws a box over the held frame and says what it is about: the timecode it was pinned to. */
async function comment(page: Page): Promise<string> {
  await page.locator('body').press('d');
  await page.getByRole('button', { name: 'Box' }).click();
  const box = await page.locator('.drawing-canvas').boundingBox();
  if (!box) throw new Error('there is nothing to draw on');
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.press('d');
  const pinned = (await page.getByTestId('comment-pin').textContent())?.replace('at ', '').trim() ?? '';
  await page.getByTestId('comment-text').fill(SAID);
  await page.getByTestId('comment-category').selectOption('color');
  await page.getByTestId('comment-send').click();
  await expect.poll(() => thread(page, SAID).getAttribute('data-state')).toBe('sent');
  return pinned;
}

/** Mean red of what the client's browser shows: of the left half and of the right. */
const red = (page: Page): Promise<{ left: number; right: number }> =>
  page.getByTestId('program').evaluate((element) => {
    const [width, height] = [64, 36];
    const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    pen?.drawImage(element as HTMLVideoElement, 0, 0, width, height);
    const mean = (x: number): number => {
      const { data } = pen?.getImageData(x, 0, width / 2, height) ?? { data: new Uint8ClampedArray() };
      return data.reduce((sum, value, index) => sum + (index % 4 === 0 ? value : 0), 0) / ((width / 2) * height);
    };
    return { left: mean(0), right: mean(width / 2) };
  });

/** What a click brings down, as the browser saved it. */
async function downloaded(page: Page, click: () => Promise<void>): Promise<Download> {
  const coming = page.waitForEvent('download');
  await click();
  return coming;
}

it('goes from the plan to a verified archive', async () => {
  await run.server.command('review', 'end', await run.server.review());
  const paula = await desk('paula', 'producer');
  const review = await plan(paula);
  const invited = await invite(paula, 'Ana Lima', 'ana@lima.test');
  const karl = await desk('karl', 'colourist');
  await karl.goto(`${run.server.origin}/console#/reviews/${review}`);
  await karl.getByTestId('viewers').waitFor();
  const ana = await newPage(run.browser);
  await comeIn(ana, invited);

  // Both desks have her, with the display she checked before the first picture.
  for (const page of [paula, karl]) {
    const row = page.getByTestId('viewers').locator('tbody tr', { hasText: 'ana@lima.test' });
    await expect.poll(() => row.getAttribute('data-state'), { timeout: 10_000 }).toBe('watching');
    expect(await row.getByTestId('display-line').textContent()).toContain('Display checked');
  }

  // She draws and says something; it is answered, jumped to, settled.
  const pinned = await comment(ana);
  await thread(paula, SAID).waitFor();
  const facts = paula.getByTestId('viewers').locator('tbody tr', { hasText: 'ana@lima.test' });
  await expect.poll(() => facts.textContent(), { timeout: 10_000 }).toMatch(/[\d.]+ % lost.*\d+ ms.*1 comment, last/s);
  await thread(karl, SAID).getByTestId('log-reply').click();
  await thread(karl, SAID).getByTestId('log-answer').fill(HOUSE);
  await thread(karl, SAID).getByTestId('log-answer').press('Enter');
  await thread(ana, HOUSE).waitFor();
  const transport = karl.getByRole('group', { name: 'Transport' });
  await transport.getByRole('button', { name: 'Pause' }).click();
  await transport.getByRole('button', { name: 'Play' }).waitFor();
  await karl.keyboard.press(']');
  await expect.poll(() => ana.getByTestId('timecode').textContent(), { timeout: 10_000 }).toBe(pinned);

  // The look changes under her eyes, on the frame that stands.
  const before = await red(ana);
  const warmer = async (): Promise<{ left: boolean; right: boolean }> => {
    const { left, right } = await red(ana);
    return { left: left > before.left + 8, right: right > before.right + 8 };
  };
  await karl.getByLabel('Slope R').fill('2.5');
  await karl.getByLabel('Slope R').press('Tab');
  await expect.poll(warmer, { timeout: 10_000 }).toEqual({ left: true, right: true });
  await karl.locator('h1').first().click();
  await karl.keyboard.press('w');
  await expect.poll(warmer, { timeout: 10_000 }).toEqual({ left: true, right: false });
  await karl.keyboard.press('w');
  await expect.poll(warmer, { timeout: 10_000 }).toEqual({ left: true, right: true });
  await karl.keyboard.press('r');
  await expect.poll(() => thread(ana, SAID).getAttribute('data-resolved')).toBe('yes');

  // A hand, the chat, a mute, a sentence over the picture.
  await ana.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ana.keyboard.press('h');
  await karl.getByTestId('lower-hand').click();
  await ana.keyboard.press('t');
  await ana.keyboard.type('Better already');
  await ana.keyboard.press('Enter');
  for (const page of [paula, karl]) await page.getByTestId('chat-lines').getByText('Better already').waitFor();
  await karl.getByTestId('mute').click();
  await expect.poll(() => ana.getByTestId('chat-text').count()).toBe(0);
  await karl.locator('h1').first().click();
  await karl.keyboard.press('b');
  await expect.poll(() => ana.getByTestId('talkback').textContent()).toBe('Back in 5 minutes');
  await karl.keyboard.press('b');
  await expect.poll(() => ana.getByTestId('talkback').count()).toBe(0);

  // The producer ends it: her page says so, the link opens nothing any more.
  await twice(paula, 'end-review');
  await ana.getByTestId('ended-reason').waitFor({ timeout: 5_000 });
  expect(await ana.getByTestId('ended-reason').textContent()).toContain('Your comments are with North Light');
  await expect.poll(() => karl.getByTestId('live-bar').getAttribute('data-stage')).toBe('ended');
  await ana.goto(invited.url);
  expect(await ana.getByTestId('ended-reason').textContent()).toContain('does not open a review');

  // The files hold it: words, frame, answer.
  const export_ = async (format: string): Promise<string> => {
    await paula.getByTestId('export-format').selectOption(format);
    return readFile(await (await downloaded(paula, () => paula.getByTestId('export-comments').click())).path(), 'utf8');
  };
  for (const format of ['csv', 'json', 'resolve', 'avid', 'avid-xml', 'premiere', 'fcpxml', 'otio']) {
    const file = await export_(format);
    expect(file, format).toContain(SAID);
    expect(file, format).toContain(HOUSE);
    if (['csv', 'json', 'resolve', 'avid'].includes(format)) expect(file, format).toContain(pinned);
  }
  expect(await export_('pdf')).toMatch(/^%PDF-/);

  // The archive is whole, and its part of the record is the one that the house signed.
  const zip = inFolder(run.server.data, 'archive.zip');
  const saved = await downloaded(paula, () => paula.getByRole('link', { name: 'Archive as ZIP' }).click());
  await saved.saveAs(zip);
  const key = (await run.server.command('audit', 'key')).trim();
  const verified = JSON.parse(await program('archive', 'verify', zip, '--key', key, '--json')) as { ok: boolean };
  expect(verified.ok).toBe(true);
  const bytes = await readFile(zip);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  await writeFile(zip, bytes);
  await expect(program('archive', 'verify', zip, '--key', key)).rejects.toThrow();
  for (const page of [paula, karl, ana]) expect(page.errors).toEqual([]);
});
