/** Where pictures of pages are kept: whole, to be looked at, or small, for the documents. */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** A 4K screen is one of 3840 x 2160 pixels at 100 %, or the same with everything twice as large. */
export const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  laptop: { viewport: { width: 1440, height: 900 } },
  uhd: { viewport: { width: 3840, height: 2160 } },
  uhd200: { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 },
} as const satisfies Record<string, BrowserContextOptions>;

export type Screen = keyof typeof SCREENS;

/** Kept pictures are no wider than this and no higher than the second. */
const WIDEST = 1440;
const HIGHEST = 1700;

export interface Album {
  screen: Screen;
  shoot(page: Page, name: string): Promise<void>;
}

/** `PAGES` names another folder and keeps them as they are (PNG), not small (WebP). */
const FOLDER = process.env['PAGES'] ?? fileURLToPath(new URL('../../../docs/images/pages/', import.meta.url));
const WHOLE = process.env['PAGES'] !== undefined;
const WANTED = process.env['PAGES_SCREENS']?.split(',') ?? ['phone', 'laptop', 'uhd'];
const ASKED = process.env['PAGES_LOCALES']?.split(',');

/** Of Japanese the documents keep these. */
const IN_JAPANESE = ['join', 'room', 'console', 'log', 'factor-enrol', 'recovery-codes', 'factor-give', 'room-reconnecting'];

/** Screens and languages that are wanted (`PAGES_SCREENS=phone,uhd200`, `PAGES_LOCALES=en-GB,ja-JP`); Japanese on a laptop alone. */
export const COMBINATIONS = (Object.keys(SCREENS) as Screen[])
  .filter((screen) => WANTED.includes(screen))
  .flatMap((screen) => (ASKED ?? (screen === 'laptop' ? ['en-GB', 'ja-JP'] : ['en-GB'])).map((locale) => [screen, locale] as const));

/** Languages that are wanted of anything. */
export const LOCALES = [...new Set(COMBINATIONS.map(([, locale]) => locale))];

/** Every wanted screen in turn (but `uhd200`), by giving the page another size: for what cannot be come to again and again. It is a laptop's between. */
export async function resizing(locale: string): Promise<Pick<Album, 'shoot'>> {
  const screens = COMBINATIONS.filter(([screen, each]) => each === locale && screen !== 'uhd200').map(([screen]) => screen);
  const albums = await Promise.all(screens.map((screen) => album(screen, locale)));
  const shoot = async (page: Page, name: string): Promise<void> => {
    for (const { screen, shoot: one } of albums) {
      await page.setViewportSize(SCREENS[screen].viewport);
      await page.waitForTimeout(400);
      await one(page, name);
    }
    await page.setViewportSize(SCREENS.laptop.viewport);
  };
  return { shoot };
}

/** Pictures named `NAME-SCREEN.webp`, and `NAME-SCREEN-ja.webp` in Japanese. */
export async function album(screen: Screen, locale: string): Promise<Album> {
  await mkdir(FOLDER, { recursive: true });
  const only = !WHOLE && locale === 'ja-JP' ? IN_JAPANESE : null;
  const language = locale.startsWith('en') ? '' : `-${locale.slice(0, 2)}`;
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (only !== null && !only.includes(name)) return;
    const path = join(FOLDER, `${name}-${screen}${language}`);
    // What fades and turns is at its end; a phone's page is shown from its top, where nothing sticks that is not there.
    await page.waitForTimeout(150);
    if (screen === 'phone') await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${path}.png`, fullPage: screen === 'phone', animations: 'disabled' });
    if (WHOLE) return;
    const fit = `scale=min(iw\\,${WIDEST}):-1:flags=area,crop=iw:min(ih\\,${HIGHEST}):0:0`;
    const webp = ['-c:v', 'libwebp', '-quality', '62', '-compression_level', '6'];
    await promisify(execFile)('ffmpeg', ['-loglevel', 'error', '-y', '-i', `${path}.png`, '-vf', fit, ...webp, `${path}.webp`]);
    await rm(`${path}.png`);
  };
  return { screen, shoot };
}
