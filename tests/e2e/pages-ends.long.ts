/** How a page ends, or does not begin, by what its own person or their browser does; and a clean hold. For docs/pages.md. */
import type { Page } from 'playwright-core';
import { join, signInTo, twice, untilPlaying } from './support/browser.ts';
import { walks, type Walk } from './support/walk.ts';

const ended = (page: Page): Promise<void> => page.getByTestId('ended-reason').waitFor({ timeout: 60_000 });

/** One leaves, and takes the picture over in another window before. */
async function own({ server, house, book, open }: Walk): Promise<void> {
  const first = await open();
  await join(first, await house.invite('Bea Lind', 'bea@lind.example'));
  await untilPlaying(first);
  const second = await first.context().newPage();
  await second.goto(`${server.origin}/room`);
  await untilPlaying(second);
  await ended(first);
  await book.shoot(first, 'replaced');
  await twice(second, 'leave');
  await ended(second);
  await book.shoot(second, 'left');
  await first.context().close();
}

/** The review is over while one's words wait to be sent. */
async function unsent({ server, house, book, open }: Walk): Promise<void> {
  const client = await open();
  await join(client, await house.invite('Ana Lima', 'ana@lima.example'));
  await untilPlaying(client);
  const frozen = server.freeze(12_000);
  await client.locator('[data-signal=reconnecting]').waitFor({ timeout: 10_000 });
  for (const text of ['The grain in the sky is right now.', 'Lift the shadows under the pier a little, she gets lost in them.']) {
    await client.locator('body').press('c');
    await client.getByTestId('comment-text').fill(text);
    await client.getByTestId('comment-send').click();
  }
  await server.command('review', 'end', house.review);
  await frozen;
  await ended(client);
  await client.getByTestId('unsent').waitFor();
  await book.shoot(client, 'ended-unsent');
  await client.context().close();
}

/** What is said between browser and server, with something else in its place. */
async function changed(page: Page, what: 'offer' | 'answer', from: RegExp, to: string): Promise<void> {
  await page.route('**/whep/**', async (route, request) => {
    if (request.method() !== 'POST') return route.continue();
    const offer = request.postData() ?? '';
    if (what === 'offer') return route.continue({ postData: offer.replaceAll(from, to) });
    const answer = await route.fetch();
    return route.fulfill({ response: answer, body: (await answer.text()).replaceAll(from, to) });
  });
}

/** A browser that knows no format of ours, and somebody between browser and server. */
async function refused({ house, book, open }: Walk): Promise<void> {
  const old = await open();
  await changed(old, 'offer', /(a=rtpmap:\d+ )(H264|VP9|AV1|VP8|H265)/g, '$1XX');
  await join(old, await house.invite('Tomás Silva', 'tomas@silva.example'));
  await ended(old);
  await book.shoot(old, 'unsupported');
  const deceived = await open();
  await changed(deceived, 'answer', /(a=fingerprint:sha-256 )../g, '$1ZZ');
  await join(deceived, await house.invite('Ingrid Halvorsen', 'ingrid@fjordfilm.example'));
  await ended(deceived);
  await book.shoot(deceived, 'mismatch');
  for (const page of [old, deceived]) await page.context().close();
}

/** The visible mark is lifted for a minute. */
async function hold({ server, house, book, open }: Walk): Promise<void> {
  const desk = await open();
  await signInTo(desk, server, house.review);
  await desk.goto(`${server.origin}/console#/projects`);
  const project = desk.locator('li[data-project="House"]');
  await project.locator('summary').click();
  await project.getByTestId('mark-edit').click();
  await project.getByTestId('clean-hold-allow').check();
  await desk.goto(`${server.origin}/console#/reviews/${house.review}`);
  const client = await open();
  await join(client, await house.invite('Noor de Vries', 'noor@fjordfilm.example'));
  await untilPlaying(client);
  await desk.getByTestId('clean-hold-60').click();
  await desk.getByTestId('clean-hold-on').waitFor();
  await desk.getByTestId('clean-hold-on').scrollIntoViewIfNeeded();
  await client.waitForTimeout(1500);
  await book.shoot(desk, 'console-clean-hold');
  await book.shoot(client, 'room-clean-hold');
  for (const page of [desk, client]) await page.context().close();
}

walks('ends', { own, unsent, refused, hold });
