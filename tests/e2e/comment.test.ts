import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('joins, comments on the frame on screen, the console sees both, and nothing is kept', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  expect(new URL(client.url()).pathname).toBe('/room');
  expect(new URL(client.url()).hash).toBe('');

  const timecode = client.getByTestId('timecode');
  await expect.poll(() => timecode.textContent()).toMatch(/^\d\d:\d\d:\d\d[:;]\d\d$/);
  await expect.poll(() => client.getByTestId('picture-facts').textContent()).toMatch(/^(8|10)-bit 4:[24]:[024] · \d+x\d+ · .* · H\.264/);

  const text = 'Sky a touch cooler <img src=x onerror=alert(1)>';
  await client.getByTestId('comment-text').pressSequentially(text);
  const pinned = (await client.getByTestId('comment-pin').textContent())?.replace('at ', '') ?? '';
  const before = await timecode.textContent();
  await expect.poll(() => timecode.textContent()).not.toBe(before);
  await client.getByTestId('comment-send').click();
  const mine = client.getByTestId('comment-list').locator('li', { hasText: text });
  await expect.poll(() => mine.getAttribute('data-state')).toBe('sent');
  expect(await mine.textContent()).toContain(pinned);

  const landed = desk.getByTestId('comment-list').locator('li', { hasText: text });
  await landed.waitFor({ timeout: 10_000 });
  expect(await landed.textContent()).toContain(pinned);
  const row = desk.getByTestId('viewers').locator('tbody tr', { hasText: run.server.client.email });
  await expect.poll(() => row.textContent(), { timeout: 10_000 }).toContain('AES-256-GCM');

  // Nothing is kept in the browser: the cookie is for the server alone.
  const kept = await client.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]);
  expect(kept).toEqual([0, 0, 0, '']);
  expect(client.errors).toEqual([]);
  expect(desk.errors).toEqual([]);
});
