/**
 * What a checker of pages (Lighthouse) looks for, held by a test: nothing wider than its window, nothing too small to hit or to read, a
 * language and a title, nothing that moves by itself. Weight and first paint are in screenshots.test.ts, contrast in accessible.test.ts.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '2');

const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
  { width: 3840, height: 2160 },
];

/** Smallest side of what is pressed (WCAG 2.2, 2.5.8), in CSS pixels. */
const LEAST = 24;

interface Rules {
  /** What the larger side must have at least: a hand holds a phone, a mouse is finer. */
  tap: number;
  /** Smallest letters. */
  letters: number;
}

/** What of a page breaks a rule, one line each. */
const broken = (page: Page, rules: Rules): Promise<string[]> =>
  page.evaluate(({ tap, letters, least }) => {
    const found: string[] = [];
    const name = (element: Element): string => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${(element.textContent ?? '').trim().slice(0, 40)}`;
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide in a window of ${innerWidth}`);
    if (document.documentElement.lang === '' || document.title === '') found.push('no language, or no title');
    for (const element of document.querySelectorAll('button, select, summary, input:not([type=radio], [type=checkbox], .hidden-text), a.button')) {
      const { width, height } = element.getBoundingClientRect();
      const seen = width > 0 && element.checkVisibility({ visibilityProperty: true });
      if (seen && (Math.min(width, height) < least - 0.5 || Math.max(width, height) < tap - 0.5)) found.push(`${Math.round(width)} x ${Math.round(height)} to press: ${name(element)}`);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement;
      if (!element || (text.textContent ?? '').trim() === '' || !element.checkVisibility({ visibilityProperty: true })) continue;
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < letters && !element.closest('svg')) found.push(`letters of ${size} px: ${name(element)}`);
    }
    return [...new Set(found)];
  }, { ...rules, least: LEAST });

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}

/** How much of a page moved by itself so far. */
const shifted = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[]) sum += entry.hadRecentInput ? 0 : entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 200);
      }),
  );

it.each(['en-GB', 'ja-JP'])('holds at every size, in %s', async (locale) => {
  const client = await newPage(run.browser, { locale, viewport: SIZES[0] ?? null, hasTouch: true });
  const invited = await run.server.invite('Ingrid Halvorsen', `ingrid-${locale}@fjordfilm.example`);
  const every = async (page: Page, where: string, tap: number): Promise<string[]> => {
    const all: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const rules = { tap: size.width < 700 ? tap : LEAST, letters: size.width > 2000 ? 18 : 11.5 };
      all.push(...(await broken(page, rules)).map((line) => `${where} ${size.width}: ${line}`));
    }
    await page.setViewportSize(SIZES[0] as { width: number; height: number });
    return all;
  };
  await client.goto(invited.url);
  await client.getByTestId('passphrase').waitFor();
  const found = await every(client, 'join', 44);
  await client.getByTestId('passphrase').fill(invited.passphrase);
  await client.getByTestId('join').click();
  await untilPlaying(client);
  await client.locator('body').press('c');
  await client.getByTestId('comment-text').fill('Sky a touch cooler, from here on');
  await client.getByTestId('comment-send').click();
  await client.getByTestId('comment-reply').last().waitFor();
  found.push(...(await every(client, 'room', 44)));
  await client.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await client.keyboard.press('?');
  await client.getByRole('dialog').waitFor();
  found.push(...(await every(client, 'help', 44)));
  await client.context().close();

  const desk = await newPage(run.browser, { locale });
  await signIn(desk, run.server);
  await desk.getByTestId('comment-list').locator(':scope > li').first().waitFor();
  found.push(...(await every(desk, 'console', LEAST)));
  for (const page of ['', 'new', 'log', 'projects', 'people', 'record', 'trace', 'security']) {
    await desk.goto(`${run.server.origin}/console#/${page}`);
    await desk.locator('main h1').waitFor();
    for (const summary of await desk.locator('main summary').all()) await summary.click();
    found.push(...(await every(desk, `#/${page}`, LEAST)));
  }
  await desk.context().close();
  expect(found).toEqual([]);
});

it('moves nothing by itself from the door to the picture', async () => {
  const page = await newPage(run.browser);
  await join(page, await run.server.invite('Noor', 'noor@example.test'));
  await untilPlaying(page);
  const moved = await shifted(page);
  console.log(`layout shift: ${moved.toFixed(4)}`);
  // What Lighthouse calls good.
  expect(moved).toBeLessThan(0.1);
});
