import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('lets a guest in who waits, and the picture starts by itself', async () => {
  const client = await newPage(run.browser);
  await join(client, await run.server.invite('Ben', 'ben@example.test', '--waiting-room'));
  await client.getByTestId('waiting-room').waitFor();
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  await desk.getByTestId('viewers').getByTestId('admit').click();
  await untilPlaying(client);
  expect(await client.getByTestId('waiting-room').count()).toBe(0);
  expect(client.errors).toEqual([]);
});
