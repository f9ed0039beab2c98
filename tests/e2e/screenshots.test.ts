import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

it('makes the pictures of the room and of the console for the documents', async () => {
  await mkdir(IMAGES, { recursive: true });
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  await client.getByTestId('comment-text').pressSequentially('The skin in the second row is right now. Keep it.');
  await client.getByTestId('comment-send').click();
  await client.waitForTimeout(2500);
  await client.screenshot({ path: `${IMAGES}room.png` });
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  await desk.waitForTimeout(2500);
  await desk.screenshot({ path: `${IMAGES}console.png` });
});
