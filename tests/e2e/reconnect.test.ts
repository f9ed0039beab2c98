import { expect, it } from 'vitest';
import { framesShown, join, newPage, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('comes back by itself after the network was gone for 10 s, and after a reload', async () => {
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  const frozen = run.server.freeze(10_000);
  await client.getByText('Reconnecting').first().waitFor({ timeout: 10_000 });
  // About the frame that still stands on the screen: it is told once there is somebody to tell.
  await client.getByTestId('comment-text').fill('Said while nobody heard it');
  await client.getByTestId('comment-send').click();
  const said = client.getByTestId('comment-list').locator(':scope > li', { hasText: 'Said while nobody heard it' });
  await said.waitFor();
  await frozen;
  const before = await framesShown(client);
  await expect.poll(() => framesShown(client), { timeout: 20_000 }).toBeGreaterThan(before + 24);
  await expect.poll(() => client.getByTestId('signal').textContent(), { timeout: 10_000 }).toBe('Live');
  await expect.poll(() => said.getAttribute('data-state'), { timeout: 10_000 }).toBe('sent');
  expect(await said.count()).toBe(1);

  // A reload resumes by the cookie alone: the link is used up and no longer in the address.
  await client.reload();
  await untilPlaying(client);
  expect(new URL(client.url()).pathname).toBe('/room');
});

it('keeps its viewing when the network comes back as another one', async () => {
  const client = await newPage(run.browser);
  await join(client, await run.server.invite('Cai Moe', 'cai@moe.example'));
  await untilPlaying(client);
  const began = client.waitForResponse((answer) => answer.request().method() === 'PATCH');
  // What the browser says when the machine is online again; ICE begins anew on whatever there is.
  await client.evaluate(() => window.dispatchEvent(new Event('online')));
  const answer = await began;
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toContain('a=ice-ufrag:');
  const before = await framesShown(client);
  await expect.poll(() => framesShown(client), { timeout: 10_000 }).toBeGreaterThan(before + 48);
  const offers = await client.evaluate(() =>
    performance.getEntriesByType('resource').filter(({ name }) => /\/whep\/[^/]+$/.test(new URL(name).pathname)).length,
  );
  expect(offers).toBe(1);
});

it('is watched in one tab at a time: the other says so, leaves it in peace, and can take the picture back', async () => {
  const first = await newPage(run.browser);
  await join(first, await run.server.invite('Bea Lind', 'bea@lind.example'));
  await untilPlaying(first);
  const second = await first.context().newPage();
  await second.goto(`${run.server.origin}/room`);
  await untilPlaying(second);
  await first.getByText('Watching in another window').waitFor({ timeout: 10_000 });
  // Long enough for a page that would reconnect by itself.
  await second.waitForTimeout(4_000);
  const before = await framesShown(second);
  await expect.poll(() => framesShown(second), { timeout: 10_000 }).toBeGreaterThan(before + 24);
  await first.getByRole('button', { name: 'Watch here' }).click();
  await untilPlaying(first);
  await second.getByText('Watching in another window').waitFor({ timeout: 10_000 });
});
