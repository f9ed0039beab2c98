/** Chromium, and people who use it. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { withDist } from './dist.ts';
import type { Invited, Server } from './server.ts';

const ARGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Keeps every peer connection of the page where a test finds it. */
const REMEMBER_PEERS = `
  globalThis.peers = [];
  const Peer = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      globalThis.peers.push(this);
    }
  };
`;

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const launch = (...more: string[]): Promise<Browser> => launchProgram(CHROMIUM, ...more);

export const launchProgram = (executablePath: string, ...more: string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...ARGS, ...more] });

/** A page of its own person; whatever the page throws fails the test that asks. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page & { errors: string[] }> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  await context.addInitScript(REMEMBER_PEERS);
  await withDist(context);
  const page = Object.assign(await context.newPage(), { errors: [] as string[] });
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => {
    // A violation of the content security policy is only ever said here.
    const text = message.text();
    if (text.includes('Content Security Policy') || text.includes('TrustedHTML')) page.errors.push(text);
  });
  return page;
}

/** Opens the link, gives the passphrase, presses Join. */
export async function join(page: Page, invited: Invited): Promise<void> {
  await page.goto(invited.url);
  await page.getByTestId('passphrase').fill(invited.passphrase);
  await page.getByTestId('join').click();
}

/** Has a page that is not joined yet ask for one format only. */
export async function askFor(page: Page, format: string): Promise<void> {
  await page.route('**/whep/**', (route, request) => {
    if (request.method() !== 'POST') return route.continue();
    const url = new URL(request.url());
    url.searchParams.set('formats', format);
    return route.continue({ url: url.toString() });
  });
}

/** Frames shown so far, by the element's own count. */
export const framesShown = (page: Page): Promise<number> =>
  page
    .getByTestId('program')
    .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);

export async function untilPlaying(page: Page, timeoutMs = 30_000): Promise<void> {
  await page.waitForFunction(
    () => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=program]');
      return video !== null && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 5;
    },
    undefined,
    { timeout: timeoutMs },
  );
}

/** A client of this server whose picture moves. */
export async function watching(browser: Browser, invited: Invited): Promise<Page & { errors: string[] }> {
  const page = await newPage(browser);
  await join(page, invited);
  await untilPlaying(page);
  return page;
}

export async function signIn(page: Page, server: Server): Promise<void> {
  await signInAs(page, server, server.started.console_user, server.started.console_password);
  await page.getByTestId('viewers').waitFor();
}

export async function signInAs(page: Page, server: Server, user: string, password: string): Promise<void> {
  await page.goto(server.started.console_url);
  await page.getByTestId('user').fill(user);
  await page.getByTestId('password').fill(password);
  await page.getByTestId('sign-in').click();
}

/** Presses what asks once, in place. Two clicks at once are one: a double click must not confirm. */
export async function twice(page: Page, testId: string): Promise<void> {
  const button = page.getByTestId(testId);
  await button.click();
  await page.waitForTimeout(600);
  await button.click();
}

/** The demo's account in the console, at one of its reviews. */
export async function signInTo(desk: Page, server: Server, review: string): Promise<void> {
  const { console_url: url, console_user: user, console_password: password } = server.started;
  await desk.goto(`${url}#/reviews/${review}`);
  await desk.getByTestId('user').fill(user);
  await desk.getByTestId('password').fill(password);
  await desk.getByTestId('sign-in').click();
  await desk.getByTestId('viewers').waitFor();
  await desk.waitForTimeout(1500);
}
