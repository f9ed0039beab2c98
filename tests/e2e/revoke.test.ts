import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('stops the picture within a second of revoke, and says why', async () => {
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
  expect(Date.now() - pressed).toBeLessThan(1500);
  expect(await client.getByTestId('ended-reason').textContent()).toContain('withdrawn');
  expect(await client.getByTestId('program').count()).toBe(0);

  await client.reload();
  await client.getByTestId('ended-reason').waitFor();
  await client.goto(run.server.client.url);
  expect(await client.getByTestId('ended-reason').textContent()).toContain('does not open a review');
});
