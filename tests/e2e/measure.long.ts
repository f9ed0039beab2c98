/** Time from pressing Join to the first frame, the latency the house adds on loopback, and lip-sync. `make bench`. */
import type { Browser } from "playwright-core";
import { it } from "vitest";
import { launch, newPage, watching } from "./support/browser.ts";
import { clipOf720Lines, latencyMs, print } from "./support/latency.ts";
import { claps } from "./support/lipsync.ts";
import { Server } from "./support/server.ts";

const JOINS = 20;
const LIP_SYNC_FLASHES = 20;

async function joinMs(browser: Browser, server: Server, n: number): Promise<number> {
  const invited = await server.invite(`Viewer ${n}`, `viewer${n}@example.test`);
  const page = await newPage(browser);
  await page.goto(invited.url);
  await page.getByTestId("passphrase").fill(invited.passphrase);
  const ms = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const pressed = performance.now();
        document.querySelector<HTMLElement>('[data-testid="join"]')?.click();
        const look = (): void => {
          const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
          if (video && video.getVideoPlaybackQuality().totalVideoFrames > 0) done(performance.now() - pressed);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  // Leaves as a person does, so that the next one finds the machine free.
  await page.goto("about:blank");
  await page.context().close();
  return ms;
}

it("measures joining and latency", async () => {
  const server = await Server.start();
  const joins: number[] = [];
  const browser = await launch();
  for (let n = 0; n < JOINS; n++) joins.push(await joinMs(browser, server, n));
  print("press Join to first frame", joins);
  const page = await watching(browser, server.client);
  await page.waitForTimeout(5_000);
  print("source presents to requestVideoFrameCallback", await latencyMs(page));
  const apart = (await claps(page, LIP_SYNC_FLASHES)).map(({ flash, beep }) => beep - flash);
  print("beep after flash", apart);
  console.log(`picture: ${await page.getByTestId("picture-facts").textContent()}`);
  await browser.close();
  await server.stop();
});

it("measures the latency of 720 lines, with sound and without", async () => {
  for (const sound of [false, true]) {
    const server = await Server.start(["--media", clipOf720Lines(sound)]);
    const browser = await launch();
    const page = await watching(browser, server.client);
    await page.waitForTimeout(5_000);
    print(`${sound ? "with" : "without"} sound, source presents to requestVideoFrameCallback`, await latencyMs(page));
    console.log(`picture: ${await page.getByTestId("picture-facts").textContent()}`);
    await browser.close();
    await server.stop();
  }
});
