/** Passkeys, given by Chromium's own authenticator: another hand's work than the server that believes them. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, newPage } from './support/browser.ts';
import { Server } from './support/server.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  // Chromium has no passkeys on a page whose certificate it doubts, so it is told to trust the server's own.
  const certificate = new X509Certificate(readFileSync(path(server.data, 'tls.pem')));
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  browser = await launch(`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A laptop's built-in authenticator with a finger that is always the right one. */
async function authenticator(page: Page): Promise<{ devtools: CDPSession; id: string }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return { devtools, id: authenticatorId };
}

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
