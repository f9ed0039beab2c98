import { mkdir, readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { join, newPage, signIn, signInAs, twice } from './support/browser.ts';
import { session } from './support/session.ts';

const run = session();
const SHOTS = process.env['VITRINE_SHOTS'];
const PASSWORD = 'a long first password';

/** A picture of the page at the sizes it must work at, for whoever wants to look: `VITRINE_SHOTS=/tmp/shots`. */
async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await mkdir(SHOTS, { recursive: true });
  for (const [width, height] of [[390, 844], [1440, 900], [3840, 2160]] as const) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

const open = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

const row = (page: Page, user: string) => page.locator(`tr[data-user="${user}"]`);

async function addAccount(page: Page, user: string, role: string): Promise<void> {
  await page.getByTestId('account-new').click();
  await page.getByTestId('new-user').fill(user);
  await page.getByTestId('new-password').fill(PASSWORD);
  await page.getByTestId('new-role').selectOption(role);
  await page.getByTestId('account-create').click();
  await row(page, user).waitFor();
}

it('lets an admin run people and projects', async () => {
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  await open(desk, 'People');
  await desk.getByTestId('accounts').waitFor();

  await desk.getByTestId('account-new').click();
  await desk.getByTestId('new-user').fill('lena');
  await desk.getByTestId('new-password').fill('short');
  await desk.getByTestId('account-create').click();
  await desk.getByText('at least 12 are needed').waitFor();
  await shoot(desk, 'people-new');
  await desk.keyboard.press('Escape');
  await addAccount(desk, 'lena', 'security-lead');
  await addAccount(desk, 'tomas', 'colourist');

  await row(desk, 'tomas').getByTestId('role').selectOption('producer');
  await twice(desk, 'role-change');
  // The control goes when the server has it.
  await expect.poll(() => desk.getByTestId('role-change').count()).toBe(0);
  expect(await row(desk, 'tomas').getByTestId('role').inputValue()).toBe('producer');

  await row(desk, 'tomas').getByTestId('offboard-open').click();
  await desk.getByTestId('offboard-when').fill('2031-05-01T18:00');
  await twice(desk, 'offboard');
  await row(desk, 'tomas').getByText(/^Ends .*May/).waitFor();
  await shoot(desk, 'people');

  await open(desk, 'Projects');
  await desk.getByTestId('project-new').click();
  await desk.getByTestId('project-name').fill('Harbour');
  await desk.getByTestId('project-class').selectOption('internal');
  await desk.getByTestId('project-create').click();
  const project = desk.locator('li[data-project="Harbour"]');
  await project.locator('summary').focus();
  await desk.keyboard.press('Enter');
  await project.getByTestId('member-choose').selectOption({ label: 'tomas' });
  await project.getByTestId('member-add').click();
  await project.getByTestId('members').getByText('tomas').waitFor();
  await project.getByTestId('networks').fill('192.0.2.0/24 nonsense');
  await twice(desk, 'networks-save');
  await project.getByText('is not a network').waitFor();
  await project.getByTestId('networks').fill('192.0.2.0/24, 2001:db8::/32');
  await twice(desk, 'networks-save');
  await project.locator('summary').getByText('192.0.2.0/24, 2001:db8::/32').waitFor();
  await shoot(desk, 'projects');
  expect(desk.errors).toEqual([]);
});

it('answers a security lead: who saw this, what did they do, is the record whole', async () => {
  const { server, browser } = run;
  await server.account('mira', 'security-lead', PASSWORD);
  await server.account('otto', 'colourist', PASSWORD);
  const client = await newPage(browser);
  await join(client, server.client);
  await client.getByTestId('program').waitFor();

  const desk = await newPage(browser);
  await signInAs(desk, server, 'mira', PASSWORD);
  await desk.getByTestId('viewers').waitFor();
  await open(desk, 'People');
  await row(desk, 'otto').waitFor();
  expect(await desk.getByTestId('account-new').count()).toBe(0);
  expect(await desk.getByTestId('role').count()).toBe(0);
  await row(desk, 'otto').getByTestId('offboard-open').click();
  await twice(desk, 'offboard');
  await row(desk, 'otto').getByText(/^Ended /).waitFor();

  await open(desk, 'Record');
  await desk.getByTestId('s-review').selectOption(await server.review());
  await desk.getByTestId('s-saw').click();
  const entries = desk.getByTestId('record').locator('tbody tr');
  await expect.poll(() => entries.count()).toBe(1);
  expect(await entries.first().textContent()).toContain(`${server.client.name} <${server.client.email}>`);
  await shoot(desk, 'record-saw');

  await entries.first().getByRole('button').click();
  await expect.poll(() => desk.getByTestId('s-person').inputValue()).toBe(server.client.email);
  await expect.poll(() => entries.count()).toBeGreaterThan(1);
  expect(await desk.getByTestId('record').textContent()).toContain('lease.given');

  await desk.getByTestId('s-person').fill('mira');
  await desk.keyboard.press('Enter');
  await desk.getByTestId('record').getByText('account.offboarded').waitFor();
  const download = desk.waitForEvent('download');
  await desk.getByTestId('record-csv').click();
  const csv = await readFile(await (await download).path(), 'utf8');
  expect(csv).toContain('account:mira');
  expect(csv).not.toContain('account:grader,');

  await desk.getByTestId('verify').click();
  await expect.poll(() => desk.getByTestId('verdict').textContent()).toMatch(/^Whole: \d+ entries/);
  await shoot(desk, 'record');

  await open(desk, 'Security');
  await desk.getByText('Nobody is told by e-mail or webhook').waitFor();
  await shoot(desk, 'security');
  const others = desk.getByTestId('sessions').locator('tbody tr').filter({ hasNotText: 'this one' });
  await expect.poll(() => others.count()).toBeGreaterThan(0);
  const end = others.first().getByTestId('end-session');
  const before = await others.count();
  await end.click();
  await desk.waitForTimeout(600);
  await end.click();
  await expect.poll(() => others.count()).toBe(before - 1);
  expect(desk.errors).toEqual([]);
});
