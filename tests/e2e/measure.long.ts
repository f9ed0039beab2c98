/** Time from pressing Join to the first frame, the latency the house adds on loopback, and lip-sync. `make bench`. */
import { execFileSync } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { it } from "vitest";
import { launch, newPage, watching } from "./support/browser.ts";
import { claps } from "./support/lipsync.ts";
import { Server } from "./support/server.ts";

const JOINS = 20;
const LATENCY_FRAMES = 480;
const LIP_SYNC_FLASHES = 20;

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN);
}

function print(name: string, ms: number[]): void {
  console.log(`${name}: p50 ${quantile(ms, 0.5)} ms, p95 ${quantile(ms, 0.95)} ms, ${ms.length} values, ${cpus().length} cores`);
}

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

/** From the moment a source presents a frame to the moment the browser hands it to its compositor. */
async function latencyMs(page: Page): Promise<number[]> {
  return page.evaluate(async (frames) => {
    interface Clock { type: string; rtp_timestamp: number; presented_unix_ms: number }
    const clocks: Clock[] = [];
    const socket = new WebSocket(`wss://${location.host}/api/room/events`);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as Clock;
      if (message.type === "clock") clocks.push(message);
    };
    const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
    const values: number[] = [];
    while (video && values.length < frames) {
      await new Promise<void>((next) =>
        video.requestVideoFrameCallback((now, { rtpTimestamp }) => {
          const clock = clocks.at(-1);
          if (clock && rtpTimestamp !== undefined) {
            const presented = clock.presented_unix_ms + ((rtpTimestamp - clock.rtp_timestamp) | 0) / 90;
            values.push(performance.timeOrigin + now - presented);
          }
          next();
        }),
      );
    }
    socket.close();
    return values;
  }, LATENCY_FRAMES);
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
    const clip = join(tmpdir(), `vitrine-latency-${sound ? "sound" : "silent"}.mp4`);
    const tone = sound ? ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=60", "-c:a", "aac"] : [];
    execFileSync("ffmpeg", [
      "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=24:d=60", ...tone,
      "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", clip,
    ]);
    const server = await Server.start(["--media", clip]);
    const browser = await launch();
    const page = await watching(browser, server.client);
    await page.waitForTimeout(5_000);
    print(`${sound ? "with" : "without"} sound, source presents to requestVideoFrameCallback`, await latencyMs(page));
    console.log(`picture: ${await page.getByTestId("picture-facts").textContent()}`);
    await browser.close();
    await server.stop();
  }
});
