/** What a review looks like while something is wrong with it, or over, for docs/pages.md. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { join, signInTo, twice, untilPlaying } from './support/browser.ts';
import type { House } from './support/house.ts';
import type { Server } from './support/server.ts';
import { walks, type Book, type Walk } from './support/walk.ts';

/** Longest that a picture of three pages takes, on a 4K screen. */
const AWAY_MS = 60_000;

const ended = (page: Page): Promise<void> => page.getByTestId('ended-reason').waitFor({ timeout: 120_000 });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** A grading suite that sends its picture by SRT. */
function sender(port: number): ChildProcess {
  const picture = ['-re', '-f', 'lavfi', '-i', 'smptehdbars=size=1280x720:rate=24,format=yuv422p10le'];
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '24', '-b:v', '8M'];
  return spawn('ffmpeg', ['-loglevel', 'error', ...picture, ...coded, '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=caller`], { stdio: 'ignore' });
}

/** A feed that has not begun, and one that breaks off, as the client and the colourist see it. */
async function source({ server, book, open }: Walk): Promise<void> {
  const port = await freePort();
  const made = await server.command('review', 'create', '--title', 'Harbour, reel 3', '--host', 'North Light', '--input-color', 'bt1886', '--source', `srt://127.0.0.1:${port}?mode=listener`, '--json');
  const { id } = JSON.parse(made) as { id: string };
  const link = await server.command('link', 'create', '--review', id, '--name', 'Ingrid Halvorsen', '--email', 'ingrid@fjordfilm.example', '--json');
  const client = await open();
  await join(client, { name: '', email: '', ...(JSON.parse(link) as { url: string; passphrase: string }) });
  await client.locator('[data-signal]').waitFor();
  await client.waitForTimeout(6000);
  await book.shoot(client, 'room-waiting');
  const desk = await open();
  await signInTo(desk, server, id);
  await book.shoot(desk, 'console-waiting');
  const suite = sender(port);
  await client.locator('[data-signal=live]').waitFor({ timeout: 60_000 });
  await untilPlaying(client);
  suite.kill('SIGKILL');
  await client.locator('[data-signal=lost]').waitFor({ timeout: 60_000 });
  await client.waitForTimeout(1500);
  await book.shoot(client, 'room-lost');
  await book.shoot(desk, 'console-lost');
  for (const page of [client, desk]) await page.context().close();
}

/** The whole machine is gone for a while: what was typed meanwhile waits, and what the console shows is old. */
async function network({ server, house, book, open }: Walk): Promise<void> {
  const client = await open();
  await join(client, await house.invite('Ana Lima', 'ana@lima.example'));
  await untilPlaying(client);
  const desk = await open();
  await signInTo(desk, server, house.review);
  const frozen = server.freeze(AWAY_MS);
  await client.locator('[data-signal=reconnecting]').waitFor({ timeout: 10_000 });
  await client.locator('body').press('c');
  await client.getByTestId('comment-text').fill('The grain in the sky is right now.');
  await client.getByTestId('comment-send').click();
  await client.locator('[data-testid=comment-list] > li:not([data-state=sent])', { hasText: 'The grain' }).waitFor();
  await book.shoot(client, 'room-reconnecting');
  await desk.locator('[data-fresh=no]').waitFor({ timeout: 20_000 });
  await book.shoot(desk, 'console-stale');
  await frozen;
  await client.locator('[data-signal=live]').waitFor({ timeout: 30_000 });
  for (const page of [client, desk]) await page.context().close();
}

/** Ends that a guest comes to. */
async function ends({ server, house, book, open }: Walk): Promise<void> {
  const soon = await open();
  const at = new Date(Date.now() + 75_000).toISOString();
  await join(soon, await house.invite('Noor de Vries', 'noor@fjordfilm.example', '--expires', at));
  await untilPlaying(soon);
  await soon.locator('.stage-notice').waitFor({ timeout: 60_000 });
  await book.shoot(soon, 'room-ending');
  await ended(soon);
  await book.shoot(soon, 'expired');
  const desk = await open();
  await signInTo(desk, server, house.review);
  await dismissed(await open(), desk, house, book);
  await uninvited(await open(), server, book);
  for (const page of [soon, desk]) await page.context().close();
}

/** Turned away at the door, let in after all, and taken out. */
async function dismissed(page: Page, desk: Page, house: House, book: Book): Promise<void> {
  const invited = await house.invite('Ben Okri', 'ben@fjordfilm.example', '--waiting-room');
  await join(page, invited);
  await page.getByTestId('waiting-room').waitFor();
  await twice(desk, 'deny');
  await ended(page);
  await book.shoot(page, 'denied');
  await page.goto('about:blank');
  await join(page, invited);
  await desk.getByTestId('admit').click();
  await untilPlaying(page);
  const remove = desk.locator('tr[data-state=watching]', { hasText: invited.name }).getByTestId('remove');
  await remove.click();
  await desk.waitForTimeout(600);
  await remove.click();
  await ended(page);
  await book.shoot(page, 'removed');
  await page.context().close();
}

/** Who comes without an invitation. */
async function uninvited(page: Page, server: Server, book: Book): Promise<void> {
  await page.goto(`${server.origin}/join`);
  await page.locator('h1').waitFor();
  await book.shoot(page, 'no-invitation');
  await page.context().close();
}

/** More come than the machine serves. */
async function crowd({ server, house, book, open }: Walk): Promise<void> {
  const seated: Page[] = [];
  const desk = await open();
  await signInTo(desk, server, house.review);
  const last = await open();
  const full = last.getByTestId('ended-reason');
  for (let n = 1; n < 16; n++) {
    const page = await open({ viewport: { width: 320, height: 240 } });
    await join(page, await house.invite(`Viewer ${n}`, `viewer${n}@example.org`));
    seated.push(page);
    await page.locator('[data-signal=live], [data-testid=ended-reason]').first().waitFor({ timeout: 60_000 });
    if ((await page.getByTestId('ended-reason').count()) > 0) break;
  }
  await join(last, await house.invite('Tomás Silva', 'tomas@silva.example'));
  await full.waitFor({ timeout: 60_000 });
  await book.shoot(last, 'full');
  await book.shoot(desk, 'console-full');
  for (const page of [...seated, last, desk]) await page.context().close();
}

walks('what goes wrong', { source, network, ends, crowd });
