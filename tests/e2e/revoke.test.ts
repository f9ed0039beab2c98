import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('stops the picture soon after revoke, and says why', async () => {
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const revoke = desk.getByTestId('viewers').getByTestId('revoke');
  await revoke.click();
  await revoke.click();
  const pressed = Date.now();
  await client.getByTestId('ended-reason').waitFor({ timeout: 5000 });
  // The bar of one second is held at the viewer's socket (tests/tests/media.rs); here the page says so soon after.
  expect(Date.now() - pressed).toBeLessThan(3000);
  expect(await client.getByTestId('ended-reason').textContent()).toContain('withdrawn');
  expect(await client.getByTestId('program').count()).toBe(0);

  await client.reload();
  await client.getByTestId('ended-reason').waitFor();
  await client.goto(run.server.client.url);
  expect(await client.getByTestId('ended-reason').textContent()).toContain('does not open a review');
});
