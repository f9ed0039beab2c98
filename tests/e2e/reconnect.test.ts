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
  await frozen;
  const before = await framesShown(client);
  await expect.poll(() => framesShown(client), { timeout: 20_000 }).toBeGreaterThan(before + 24);
  await expect.poll(() => client.getByTestId('signal').textContent(), { timeout: 10_000 }).toBe('Live');

  // A reload resumes by the cookie alone: the link is used up and no longer in the address.
  await client.reload();
  await untilPlaying(client);
  expect(new URL(client.url()).pathname).toBe('/room');
});
