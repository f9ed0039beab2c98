/** Passkeys, given by Chromium's own authenticator: another hand's work than the server that believes them. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authenticator, launchTrusting } from './support/authenticator.ts';
import { newPage } from './support/browser.ts';
import { Server } from './support/server.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  browser = await launchTrusting(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('adds a passkey, gives it as second factor, signs in with it alone, and removes it', async () => {
  const desk = await newPage(browser, { ignoreHTTPSErrors: false });
  const { devtools, id } = await authenticator(desk);
  const { console_user: user, console_password: password } = server.started;
  const givePassword = async (): Promise<void> => {
    await desk.goto(server.started.console_url);
    await desk.getByTestId('user').fill(user);
    await desk.getByTestId('password').fill(password);
    await desk.getByTestId('sign-in').click();
  };
  const signOut = (): Promise<void> => desk.getByRole('button', { name: 'Sign out' }).click();

  await givePassword();
  await desk.getByRole('link', { name: 'Security', exact: true }).click();
  await desk.getByLabel('Name of the new one').fill('Laptop');
  await desk.getByTestId('add-passkey').click();
  await desk.getByTestId('passkeys').getByText('Laptop').waitFor();
  await desk.getByTestId('recovery-codes').waitFor();
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId: id });
  expect(credentials.map((credential) => credential.rpId)).toEqual(['localhost']);
  await desk.getByTestId('codes-kept').click();
  await signOut();

  await givePassword();
  await desk.getByTestId('use-passkey').click();
  await desk.getByTestId('policy').waitFor();
  await signOut();

  await desk.getByTestId('sign-in-passkey').click();
  await desk.getByTestId('policy').waitFor();
  await desk.getByRole('link', { name: 'Security', exact: true }).click();
  const remove = desk.getByTestId('remove-passkey');
  await remove.click();
  await desk.waitForTimeout(600);
  await remove.click();
  await expect.poll(() => desk.getByTestId('passkeys').count()).toBe(0);
  await signOut();

  await desk.getByTestId('sign-in-passkey').click();
  await desk.getByText('This passkey is not accepted here').waitFor();
  expect(desk.errors).toEqual([]);
});
