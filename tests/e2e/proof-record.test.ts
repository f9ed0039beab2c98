/** Proof of picture from the viewer's page to the colourist's: live, beside the comment, and in the report. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { newPage, signIn, watching } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '1');

/** A busy machine may take this long for what takes two seconds otherwise. */
const PATIENCE = { timeout: 20_000, interval: 100 };

const proven = (desk: Page): Promise<string | null> => desk.getByTestId('proof-line').first().getAttribute('data-proof');

it('shows the colourist a wrong picture while it is wrong, keeps it with the comment, and reports it afterwards', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const ana = await watching(run.browser, run.server.client);
  await expect.poll(() => proven(desk), PATIENCE).toMatch(/^(true|reduced)$/);

  // An extension that warms the picture, as the page sees it.
  const picture = ana.getByTestId('program');
  await picture.evaluate((element: HTMLElement) => (element.style.filter = 'sepia(0.2)'));
  await expect.poll(() => proven(desk), PATIENCE).toBe('wrong');
  expect(await desk.getByTestId('proof-line').first().textContent()).toContain('Switch off extensions');
  await ana.getByTestId('comment-text').fill('Too warm');
  await ana.getByTestId('comment-send').click();
  const said = desk.getByTestId('comment-list').locator(':scope > li', { hasText: 'Too warm' });
  await said.waitFor();
  expect(await said.textContent()).toContain('wrong picture');
  await picture.evaluate((element: HTMLElement) => (element.style.filter = ''));
  await expect.poll(() => proven(desk), PATIENCE).toMatch(/^(true|reduced)$/);
  expect(await desk.getByTestId('proof-line').first().getAttribute('data-worst')).toBe('wrong');

  await desk.getByTestId('proof-report').click();
  await desk.locator('[data-testid=proof-table] tr[data-worst=wrong]').waitFor();
  await desk.getByTestId('proof-plot').waitFor();
  expect(desk.errors).toEqual([]);
  const report = JSON.parse(await run.server.command('review', 'proof', await run.server.review(), '--json')) as {
    viewings: { worst: string; frames_disagreed: number; samples: { state: string }[] }[];
  };
  expect(report.viewings.map(({ worst }) => worst)).toEqual(['wrong']);
  expect(report.viewings[0]?.samples.map(({ state }) => state)).toContain('wrong');
});
