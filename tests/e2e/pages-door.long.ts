/** Pages of whoever has to show more than a password or passphrase, for docs/pages.md. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import { LOCALES, resizing, type Album } from './support/album.ts';
import { authenticator, launchTrusting, totp } from './support/authenticator.ts';
import { newPage } from './support/browser.ts';
import { PASSWORD } from './support/house.ts';
import { mailbox } from './support/mailbox.ts';
import { program, Server } from './support/server.ts';

/** What is said under a field. */
const SAID = '[role=alert]:not(:empty)';
type Book = Pick<Album, 'shoot'>;

const USER = 'mira.lindqvist';

/** A house under the policy `facility`, with one account, and a mail server that takes codes. */
async function house(): Promise<{ server: Server; close(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  const password = join(data, 'first-password');
  writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 });
  await program('user', 'add', USER, '--role', 'admin', '--password-file', password, '--data', data);
  const mail = await mailbox(data);
  const target = `[[notify.mail]]\nname = "mail"\nserver = "localhost"\nport = ${mail.port}\ntls = "implicit"\nca = "${mail.ca}"\nfrom = "vitrine@example.org"\nto = ["security@example.org"]`;
  const server = await Server.serve(data, `[access]\nprofile = "facility"\ncode_mail = "mail"\n${target}`);
  const close = async (): Promise<void> => {
    mail.close();
    await server.stop();
  };
  return { server, close };
}

async function givePassword(page: Page, server: Server, password: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(server.started.console_url);
  await page.getByTestId('user').fill(USER);
  await page.getByTestId('password').fill(password);
  await page.getByTestId('sign-in').click();
}

/** The first sign-in: a wrong password, the right one, then an authenticator app and a passkey. */
async function enrol(page: Page, server: Server, book: Book): Promise<void> {
  await givePassword(page, server, 'not this one at all');
  await page.locator(SAID).waitFor();
  await book.shoot(page, 'sign-in-refused');
  await givePassword(page, server, PASSWORD);
  const secret = await page.getByTestId('totp-secret').textContent();
  await book.shoot(page, 'factor-enrol');
  await page.getByTestId('code').fill(totp((secret ?? '').replace(/[^A-Z2-7]/g, '')));
  await page.getByTestId('give-code').click();
  await page.getByTestId('codes-kept').waitFor();
  await book.shoot(page, 'recovery-codes');
  await page.getByTestId('codes-kept').click();
  await page.locator('.console-top').waitFor();
  await page.goto(`${server.origin}/console#/security`);
  await page.locator('input[name=passkey-name], [data-testid=add-passkey]').first().waitFor();
  await page.locator('section:has([data-testid=add-passkey]) input').fill('Laptop');
  await page.getByTestId('add-passkey').click();
  await page.getByTestId('passkeys').getByText('Laptop').waitFor();
  await book.shoot(page, 'passkeys');
}

async function factors(page: Page, server: Server, book: Book): Promise<void> {
  await authenticator(page);
  await enrol(page, server, book);
  await page.context().clearCookies();
  await givePassword(page, server, PASSWORD);
  await page.getByTestId('use-passkey').waitFor();
  await page.getByTestId('code').fill('000000');
  await page.getByTestId('give-code').click();
  await page.locator(SAID).waitFor();
  await book.shoot(page, 'factor-refused');
  await page.reload();
  await page.getByTestId('use-passkey').waitFor();
  await book.shoot(page, 'factor-give');
  await page.getByTestId('use-passkey').click();
  await page.locator('.console-top').waitFor();
  // No test waits until a password is a year old.
  await page.route('**/api/me', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), stage: 'new_password' } });
  });
  await page.reload();
  await page.getByTestId('due-new_password').waitFor();
  await book.shoot(page, 'new-password');
}

/** A guest whose link asks for a code by e-mail, and who mistypes it. */
async function guest(page: Page, server: Server, book: Book): Promise<void> {
  const config = ['--config', join(server.data, 'vitrine.toml')];
  const review = await program('review', 'create', '--title', 'Harbour, reel 2', '--host', 'North Light', '--source', 'slate', '--json', ...config);
  const link = await program('link', 'create', '--review', (JSON.parse(review) as { id: string }).id, '--name', 'Ingrid Halvorsen', '--email', 'ingrid@fjordfilm.example', '--email-code', '--json', ...config);
  const { url, passphrase } = JSON.parse(link) as { url: string; passphrase: string };
  await page.goto(url);
  await page.getByTestId('passphrase').fill('brush-anchor-violet');
  await page.getByTestId('join').click();
  await page.locator(SAID).waitFor();
  await book.shoot(page, 'join-refused');
  await page.getByTestId('passphrase').fill(passphrase);
  await page.getByTestId('join').click();
  await page.getByTestId('link-code').waitFor();
  await book.shoot(page, 'join-code');
  await page.getByTestId('link-code').fill('12345678');
  await page.getByTestId('give-link-code').click();
  await page.locator(SAID).waitFor();
  await book.shoot(page, 'join-code-refused');
}

it.each(LOCALES)('makes a picture of every door: %s', { timeout: 600_000 }, async (locale) => {
  const { server, close } = await house();
  const browser = await launchTrusting(server);
  try {
    const book = await resizing(locale);
    const open = (): Promise<Page> => newPage(browser, { locale });
    await factors(await open(), server, book);
    await guest(await open(), server, book);
  } finally {
    await browser.close();
    await close();
  }
});
