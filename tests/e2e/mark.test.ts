import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { newPage, signIn, watching } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session('--viewers', '3');

const open = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

/** The picture of a mark, as the server drew it last. */
async function preview(mark: Locator): Promise<string> {
  const image = mark.getByTestId('mark-preview');
  await image.waitFor();
  return (await image.getAttribute('src')) ?? '';
}

/** The project of the demo's review, opened. */
async function projectOf(desk: Page): Promise<Locator> {
  await open(desk, 'Projects');
  const project = desk.getByTestId('projects').locator('li[data-project]').first();
  await project.locator('summary').first().click();
  return project;
}

it('lets who may design the mark, with a picture by the server, and takes it to who watches', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const room = await watching(run.browser, await run.server.invite('Ana Ito a', 'a@example.org'));
  const project = await projectOf(desk);
  const mark = project.getByTestId('mark');
  await mark.getByTestId('mark-edit').click();
  const first = await preview(mark);

  await mark.getByTestId('mark-layout').selectOption('tiled');
  await mark.getByTestId('mark-field-text').check();
  await mark.getByText('text is among the fields').waitFor();
  await mark.getByTestId('mark-text').fill('North Light');
  await expect.poll(() => preview(mark), { timeout: 10_000 }).not.toBe(first);
  expect(await mark.getByTestId('mark-field-code').isDisabled()).toBe(true);
  await mark.getByTestId('mark-field-name').uncheck();
  await mark.getByTestId('mark-field-email').uncheck();
  await mark.getByText('the mark must name the viewer').waitFor();
  await mark.getByTestId('mark-field-email').check();
  await mark.getByTestId('mark-save').click();
  await mark.getByText(/^Tiles all over/).waitFor();

  // The room goes on without a new connection.
  expect(await room.getByTestId('program').evaluate((video: HTMLVideoElement) => video.paused)).toBe(false);
});

it('lifts the mark for moments where the project says so, tells everybody, and brings it back by itself', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const room = await watching(run.browser, await run.server.invite('Ana Ito b', 'b@example.org'));
  const project = await projectOf(desk);
  await project.getByTestId('clean-hold-allow').check();
  await expect.poll(() => project.getByTestId('clean-hold-allow').isChecked()).toBe(true);

  await open(desk, 'Reviews');
  await desk.locator('a[href^="#/reviews/"]').first().click();
  await desk.getByTestId('clean-hold-10').click();
  await desk.getByTestId('clean-hold-on').waitFor();
  await room.getByText('Clean hold').waitFor();
  // Nobody does anything: it is over in ten seconds.
  await room.getByText('Clean hold').waitFor({ state: 'detached', timeout: 15_000 });
  await expect.poll(() => desk.getByTestId('clean-hold-on').count()).toBe(0);
  // Another one right away is refused, in words.
  await desk.getByTestId('clean-hold-10').click();
  await desk.getByText('the next one may begin in').waitFor();
});

it('finds whose code somebody read, and says when it is none', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const room = await watching(run.browser, await run.server.invite('Ana Ito c', 'c@example.org'));
  const code = await room.evaluate(async () => {
    const state = (await (await fetch('/api/room')).json()) as { viewer: { session_code: string } };
    return state.viewer.session_code;
  });
  await open(desk, 'Leaks');
  await desk.getByTestId('code-read').fill(`${code.slice(0, 3)}?${code.slice(4).toLowerCase()}`);
  await desk.getByTestId('code-find').click();
  await desk.getByTestId('code-found').getByText(code).waitFor();
  const wrong = code.slice(0, -1) + (code.endsWith('7') ? '4' : '7');
  await desk.getByTestId('code-read').fill(wrong);
  await desk.getByTestId('code-find').click();
  await desk.getByText('Not a code').waitFor();

  await desk.getByTestId('trace-file').setInputFiles({ name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.from('not a film') });
  await desk.getByTestId('trace-send').click();
  await desk.locator('[data-testid="trace"][data-state="failed"]').waitFor({ timeout: 20_000 });
  await desk.getByText('notes.mp4').first().waitFor();
});
