/** Networks that lose packets and networks that carry too little, with figures for docs/measurements.md. `make soak`. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { framesShown, watching } from "./support/browser.ts";
import { longestFreeze, pageNow, shownSince, watchFlow } from "./support/flow.ts";
import { Network, whyNoNetwork } from "./support/netns.ts";
import { Server } from "./support/server.ts";

const SECONDS = Number(process.env["LOSS_SECONDS"] ?? 30);
const missing = whyNoNetwork();
if (missing !== null) console.log(`loss.long.ts is SKIPPED: ${missing}`);
const measure = it.skipIf(missing !== null);

let network: Network;
let server: Server;
let browser: Browser;
let page: Page;
let full: string | null;

beforeAll(async () => {
  if (missing !== null) return;
  network = new Network();
  server = await Server.start([], network.within);
  browser = await network.browser();
  page = await watching(browser, server.client);
  await watchFlow(page);
  await page.waitForTimeout(5_000);
  full = await sent();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  network?.remove();
});

/** Pictures for `seconds`: frames shown per second, and the longest time without one. */
async function flow(seconds: number): Promise<{ fps: number; freezeMs: number }> {
  const from = await pageNow(page);
  await page.waitForTimeout(seconds * 1_000);
  const until = await pageNow(page);
  const times = await shownSince(page, from);
  return { fps: (times.length - 1) / ((until - from) / 1_000), freezeMs: Math.round(longestFreeze(times, until)) };
}

/** Time until frames come without a gap of more than `gapMs` for a second. */
async function recovery(from: number, gapMs: number): Promise<number> {
  for (;;) {
    await page.waitForTimeout(100);
    const until = await pageNow(page);
    const times = await shownSince(page, from);
    const flowing = times.findIndex((time, index) => {
      const next = times.slice(index).filter((other) => other < time + 1_000);
      return until >= time + 1_000 && next.every((other, at) => other - (next[at - 1] ?? other) <= gapMs) && next.length >= 1_000 / gapMs;
    });
    if (flowing >= 0) return (times[flowing] ?? until) - from;
    if (until - from > 20_000) return Infinity;
  }
}

const sent = (): Promise<string | null> => page.getByTestId("picture-facts").textContent();

measure.each([0, 5, 10])("%s percent of the packets lost: plays", async (percent) => {
  network.lose(percent, server.started.media_udp_port);
  const { fps, freezeMs } = await flow(SECONDS);
  console.log(`loss ${percent} %: ${fps.toFixed(1)} frames/s, longest freeze ${freezeMs} ms, ${await sent()}`);
  expect(fps).toBeGreaterThan(10);
});

measure("20 % of the packets lost: freezes of at most 2 s, back within 3 s", async () => {
  network.lose(20, server.started.media_udp_port);
  const { fps, freezeMs } = await flow(SECONDS);
  network.lose(0, server.started.media_udp_port);
  const back = await recovery(await pageNow(page), 170);
  console.log(`loss 20 %: ${fps.toFixed(1)} frames/s, longest freeze ${freezeMs} ms, back after ${Math.round(back)} ms, ${await sent()}`);
  expect(freezeMs).toBeLessThanOrEqual(2_000);
  expect(back).toBeLessThanOrEqual(3_000);
});

measure("a network that carries 2 Mbit/s: the picture gets smaller, says so, and comes back", async () => {
  network.lose(0, server.started.media_udp_port);
  await expect.poll(sent, { timeout: 120_000, interval: 1_000 }).toBe(full);
  network.limit(2);
  await page.getByText("Your network carries less than the full picture").waitFor({ timeout: 30_000 });
  await page.waitForTimeout(10_000);
  const { fps, freezeMs } = await flow(SECONDS);
  console.log(`2 Mbit/s: ${fps.toFixed(1)} frames/s, longest freeze ${freezeMs} ms, ${await sent()} instead of ${full}`);
  expect(await framesShown(page)).toBeGreaterThan(0);
  expect(freezeMs).toBeLessThanOrEqual(2_000);
  const from = Date.now();
  network.limit(null);
  await expect.poll(sent, { timeout: 240_000, interval: 1_000 }).toBe(full);
  console.log(`full picture again after ${Math.round((Date.now() - from) / 1_000)} s`);
});
