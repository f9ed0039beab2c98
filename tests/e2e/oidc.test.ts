/** Sign-in by the house's identity provider, which is another hand's work than the server that believes it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, newPage } from './support/browser.ts';
import { CLIENT, identityProvider, type IdentityProvider } from './support/provider.ts';
import { program, Server } from './support/server.ts';

const USER = 'ingrid';

let browser: Browser;
let provider: IdentityProvider;
let server: Server;
/** Somebody who is in, to read the record. */
let desk: Page;

beforeAll(async () => {
  browser = await launch();
  const data = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  const [password, secret] = [join(data, 'password'), join(data, 'oidc-secret')];
  writeFileSync(password, 'lantern over quiet water\n', { mode: 0o600 });
  writeFileSync(secret, `${CLIENT.secret}\n`, { mode: 0o600 });
  await program('user', 'add', USER, '--role', 'admin', '--password-file', password, '--data', data);
  provider = await identityProvider(data);
  const oidc = { name: 'North Light', issuer: provider.issuer, client_id: CLIENT.id, client_secret_file: secret, ca: provider.ca };
  const lines = Object.entries(oidc).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  server = await Server.serve(data, `[oidc]\n${lines.join('\n')}\namr = ["mfa"]\nnetworks = ["127.0.0.0/8", "::1/128"]\n`);
  provider.returnTo(`${server.origin}/api/oidc/back`);
});

afterAll(async () => {
  provider?.close();
  await server?.stop();
  await browser?.close();
});

async function signIn(page: Page, user: string, way: string): Promise<void> {
  await page.goto(server.started.console_url);
  await page.getByTestId('sign-in-provider').click();
  await page.getByLabel('Name').fill(user);
  await page.getByRole('button', { name: way, exact: true }).click();
}

it('signs in whom the provider names and has seen a second factor of, and asks for none again', async () => {
  desk = await newPage(browser);
  await signIn(desk, USER, 'By password and key');
  await desk.getByRole('button', { name: 'Sign out' }).waitFor();
  expect(await desk.evaluate(async () => ((await (await fetch('/api/me')).json()) as { stage: string }).stage)).toBe('open');
});

it.each([
  ['proved too little', USER, 'By password', 'acr_or_amr'],
  ['has no account here', 'stranger', 'By password and key', 'unknown_user'],
])('refuses who %s, says so on the page, and records why', async (_, user, way, reason) => {
  const page = await newPage(browser);
  await signIn(page, user, way);
  await page.getByText('did not let you in here').waitFor();
  expect(await desk.evaluate(async () => (await fetch('/api/audit')).text())).toContain(`"reason":"${reason}"`);
});
