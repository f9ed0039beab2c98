import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { newPage } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** ArgyllCMS's web display, which asks for one colour (parts of 1) once a key is pressed. */
function argyll(port: number, rgb: string): { press(): void; stop(): Promise<void> } {
  const program = spawn('dispwin', [`-dweb:${port}`, '-m', '-C', rgb], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve, reject) => program.once('exit', () => resolve()).once('error', reject));
  return {
    press: () => program.stdin.write(' '),
    stop: () => {
      program.kill();
      return ended;
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, 'localhost', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

/** All colours that a screenshot of the window has. */
async function colors(page: Page): Promise<string[]> {
  const shot = (await page.screenshot({ type: 'png' })).toString('base64');
  return page.evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    pen?.drawImage(picture, 0, 0);
    const data = pen?.getImageData(0, 0, picture.width, picture.height).data ?? new Uint8ClampedArray();
    const seen = new Set<string>();
    for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join(' '));
    return [...seen].slice(0, 5);
  }, shot);
}

it('shows, full screen and alone, the patches that ArgyllCMS asks for', async () => {
  const page = await newPage(run.browser);
  const port = await freePort();
  await page.goto(`${run.server.origin}/patches?port=${port}`);
  for (const [asked, shown] of [['1,0,0', '255 0 0'], ['0.2,0.4,0.6', '51 102 153']] as const) {
    const display = argyll(port, asked);
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(true);
    await page.getByTestId('patches-show').click();
    // Its page is grey until the program has noticed it, and takes no key before.
    const seen = (): Promise<string[]> => (display.press(), colors(page));
    await expect.poll(seen, { timeout: 15_000, interval: 500 }).toEqual([shown]);
    await page.evaluate(() => document.exitFullscreen());
    await page.getByTestId('patches-frame').waitFor({ state: 'detached' });
    await display.stop();
  }
  expect(page.errors).toEqual([]);
});
