/** Pages of the house that stand for an answer: a leak that is named, patches for a probe, secrets that are shown once. For docs/pages.md. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join as path } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCALES, resizing, type Album } from './support/album.ts';
import { join, launch, newPage, signIn, untilPlaying } from './support/browser.ts';
import { furnish } from './support/house.ts';
import { Server } from './support/server.ts';

/** What moves and has detail, as a film does: an invisible mark needs both. */
const FOOTAGE = process.env['VITRINE_FOOTAGE'] ?? '';
const FILMED_MS = 12_000;

type Book = Pick<Album, 'shoot'>;

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

interface Walk {
  server: Server;
  book: Book;
  /** A page of somebody on this screen, in this language. */
  open(): Promise<Page>;
}

/** What a screen recorder makes of the picture, encoded once more. */
async function filmed(page: Page, folder: string): Promise<string> {
  const recorded = await page.getByTestId('program').evaluate(async (element, ms) => {
    const video = element as HTMLVideoElement;
    const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
    const pen = canvas.getContext('2d');
    const paint = (): void => {
      pen?.drawImage(video, 0, 0);
      video.requestVideoFrameCallback(paint);
    };
    video.requestVideoFrameCallback(paint);
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 12_000_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((done) => (recorder.onstop = done));
    recorder.start();
    setTimeout(() => recorder.stop(), ms);
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  }, FILMED_MS);
  const [raw, leak] = [path(folder, 'screen.webm'), path(folder, 'found-on-the-web.mp4')];
  writeFileSync(raw, Buffer.from(recorded, 'base64'));
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', '-i', raw, '-r', '24', '-c:v', 'libx264', '-preset', 'fast', '-crf', '20', '-pix_fmt', 'yuv420p', leak]);
  return leak;
}

/** Somebody films their screen; the house finds the film, and asks whose copy it is. */
async function leak({ server, book }: Walk, desk: Page): Promise<void> {
  const made = await server.command('review', 'create', '--title', 'Rushes, day 12', '--host', 'North Light', '--source', path(FOOTAGE, 'bigbuckbunny.mp4'), '--input-color', 'bt1886', '--json');
  const { id } = JSON.parse(made) as { id: string };
  const link = await server.command('link', 'create', '--review', id, '--name', 'Casey Client', '--email', 'casey@example.org', '--json');
  const guest = await newPage(browser);
  await join(guest, { name: '', email: '', ...(JSON.parse(link) as { url: string; passphrase: string }) });
  await untilPlaying(guest);
  const film = await filmed(guest, server.data);
  await desk.goto(`${server.origin}/console#/trace`);
  await desk.getByTestId('trace-scope').selectOption(`review:${id}`);
  await desk.getByTestId('trace-file').setInputFiles(film);
  await desk.getByTestId('trace-send').click();
  await desk.locator('[data-testid=trace][data-state=done], [data-testid=trace][data-state=failed]').waitFor({ timeout: 120_000 });
  await desk.waitForTimeout(1500);
  await book.shoot(desk, 'leak-named');
  await expect.poll(() => desk.locator('[data-named=yes]').count()).toBe(1);
  const code = (await desk.locator('[data-named=yes] td').nth(4).textContent()) ?? '';
  await guest.context().close();
  await desk.getByTestId('code-read').fill(`${code.slice(0, 3)}?${code.slice(4)}`);
  await desk.getByTestId('code-find').click();
  await desk.getByTestId('code-found').getByText('Casey').waitFor();
  await desk.getByTestId('code-found').scrollIntoViewIfNeeded();
  await book.shoot(desk, 'leak-code');
}

async function patches({ server, book, open }: Walk): Promise<void> {
  const page = await open();
  await page.goto(`${server.origin}/patches`);
  await page.getByTestId('patches-show').waitFor();
  await book.shoot(page, 'patches');
  await page.context().close();
}

async function desks({ server, book }: Walk, desk: Page): Promise<void> {
  await desk.goto(`${server.origin}/console#/people`);
  await desk.locator('tr[data-user="mira.lindqvist"]').getByTestId('offboard-open').click();
  await book.shoot(desk, 'off-board');
  await desk.goto(`${server.origin}/console#/record`);
  await desk.getByTestId('verify').click();
  await desk.getByTestId('verdict').waitFor();
  await book.shoot(desk, 'record-whole');
}

it.each(LOCALES)('makes pictures of the house’s answers: %s', { timeout: 600_000 }, async (locale) => {
  const server = await Server.start(['--viewers', '2']);
  try {
    const open = (): Promise<Page> => newPage(browser, { locale });
    await furnish(server);
    const walk = { server, book: await resizing(locale), open };
    await patches(walk);
    const desk = await open();
    await signIn(desk, server);
    await desks(walk, desk);
    await leak(walk, desk);
    await desk.context().close();
  } finally {
    await server.stop();
  }
});
