import { expect, it } from 'vitest';
import { newPage, untilPlaying, watching } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();

it('says under the field what to do after a wrong passphrase, and lets the right one in', async () => {
  const page = await newPage(run.browser);
  await page.goto(run.server.client.url);
  await page.getByTestId('join').click();
  expect(await page.getByRole('alert').textContent()).toContain('Enter the passphrase');
  await page.getByTestId('passphrase').fill('not it at all');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('Check the passphrase');
  await page.getByTestId('passphrase').fill(run.server.client.passphrase);
  await page.keyboard.press('Enter');
  await untilPlaying(page);
});

it('tells a link that opens nothing without saying why', async () => {
  const page = await newPage(run.browser);
  await page.goto(`${new URL(run.server.client.url).origin}/join#${'A'.repeat(43)}`);
  expect(await page.getByTestId('ended-reason').textContent()).toContain('does not open a review');
});

it('tells a browser that has no WebRTC before it is given a passphrase, and leaves the link good for another', async () => {
  const page = await newPage(run.browser);
  await page.addInitScript('delete globalThis.RTCPeerConnection');
  const invited = await run.server.invite('Tomás Silva', 'tomas@silva.example');
  await page.goto(invited.url);
  await page.getByText('This browser cannot show the picture').waitFor();
  expect(await page.getByTestId('passphrase').count()).toBe(0);
  await untilPlaying(await watching(run.browser, invited));
});
