/** The latency of this product beside that of gst-plugins-rs's `webrtcsink`, in turns on one machine. `make bench`. */
import { loadavg } from "node:os";
import type { Browser, Page } from "playwright-core";
import { expect, it } from "vitest";
import { askFor, join, launch, newPage, untilPlaying } from "./support/browser.ts";
import { clipOf720Lines, LATENCY_FRAMES, latencyMs, print, quantile } from "./support/latency.ts";
import { Server } from "./support/server.ts";
import { framesOf, playFrom, WebrtcSink } from "./support/webrtcsink.ts";

const TURNS = Number(process.env["TURNS"] ?? 3);
const SETTLE_MS = 5_000;
/** What is compared like for like with `webrtcsink`, beside the format a room has by default. */
const H264_420 = "h264-bits8";

async function withBrowser<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launch();
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** What the browser itself says of the stream: its format, and how long pictures waited in the jitter buffer, in ms. */
const facts = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { peers } = globalThis as unknown as { peers: RTCPeerConnection[] };
    const stats = [...((await peers.at(-1)?.getStats()) ?? new Map()).values()] as Record<string, unknown>[];
    const video = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    const codec = stats.find(({ id }) => id === video?.["codecId"]);
    const each = (sum: string, count: string): string => ((Number(video?.[sum]) / Number(video?.[count])) * 1_000).toFixed(1);
    return [
      `${video?.["frameWidth"]}x${video?.["frameHeight"]} ${codec?.["mimeType"]} ${codec?.["sdpFmtpLine"] ?? ""}`,
      `${video?.["framesDecoded"]} decoded, ${video?.["framesDropped"]} dropped, ${video?.["decoderImplementation"]}`,
      `${each("jitterBufferDelay", "jitterBufferEmittedCount")} ms in the jitter buffer, ${each("totalDecodeTime", "framesDecoded")} ms to decode`,
      `${((Number(video?.["bytesReceived"]) * 8) / 1e6).toFixed(1)} Mbit in all`,
    ].join("; ");
  });

const widthOf = (page: Page): Promise<number> =>
  page.getByTestId("program").evaluate((video) => (video as HTMLVideoElement).videoWidth);

async function said(name: string, page: Page, ms: number[]): Promise<number[]> {
  print(`${name}, load ${loadavg()[0]?.toFixed(1)}`, ms);
  console.log(`  ${await facts(page)}`);
  return ms;
}

/** In the format a room has by default, or in this one. */
async function vitrine(clip: string, format?: string): Promise<number[]> {
  const server = await Server.start(["--media", clip, "--viewers", "1"]);
  try {
    return await withBrowser(async (browser) => {
      const page = await newPage(browser);
      if (format) await askFor(page, format);
      await join(page, server.client);
      await untilPlaying(page);
      await page.waitForTimeout(SETTLE_MS);
      const ms = await latencyMs(page);
      expect(await widthOf(page), "a busy machine is served less than 720 lines").toBe(1280);
      return said(`Vitrine, ${format ?? "the room's format"}`, page, ms);
    });
  } finally {
    await server.stop();
  }
}

async function webrtcsink(clip: string): Promise<number[]> {
  const sink = await WebrtcSink.start(clip, 58);
  try {
    return await withBrowser(async (browser) => {
      const page = await newPage(browser);
      await playFrom(page, sink.port);
      await untilPlaying(page);
      await page.waitForTimeout(SETTLE_MS);
      const shown = await framesOf(page, LATENCY_FRAMES);
      const ms = shown.flatMap(([rtp, at]) => {
        const presented = sink.presented.get(rtp);
        return presented === undefined ? [] : [at - presented];
      });
      expect(ms.length, "each frame is one that was stamped").toBe(LATENCY_FRAMES);
      expect(await widthOf(page), "a busy machine is served less than 720 lines").toBe(1280);
      return said(`webrtcsink, ${[...sink.encoders].join(", ")}`, page, ms);
    });
  } finally {
    await sink.stop();
  }
}

it("is not slower than webrtcsink in the format that webrtcsink sends", async () => {
  const clip = clipOf720Lines(false);
  const all = { room: [] as number[], likeForLike: [] as number[], webrtcsink: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++) {
    all.room.push(...(await vitrine(clip)));
    all.webrtcsink.push(...(await webrtcsink(clip)));
    all.likeForLike.push(...(await vitrine(clip, H264_420)));
  }
  for (const [name, ms] of Object.entries(all)) print(`all turns, ${name}`, ms);
  expect(quantile(all.likeForLike, 0.5)).toBeLessThanOrEqual(quantile(all.webrtcsink, 0.5));
});
