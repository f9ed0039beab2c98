/** The picture that reaches a browser: true, marked, encrypted, and on time. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { join, newPage, watching } from "./support/browser.ts";
import { bt1886ToSrgb, type Codes } from "./support/color.ts";
import { RECORD_FIRST_FRAMES, readAreas } from "./support/planes.ts";
import { session } from "./support/session.ts";
import { stripRows } from "./support/strip.ts";
import table from "./data/patches.json" with { type: "json" };

const WATCH_S = 20;

describe("the reference reel", () => {
  const run = session();
  let page: Page;
  let watched: Browser | undefined;
  beforeEach(async () => {
    // One page for all, and another in the browser of a test that is tried again.
    if (watched === run.browser) return;
    watched = run.browser;
    page = await watching(watched, run.server.client);
  });

  it("has the flat patches of the chart exact, in 10-bit 4:4:4, tagged 1-13-1 limited", async () => {
    const [width = 0, coded = 0] = await page.getByTestId("program").evaluate((video: HTMLVideoElement) => [video.videoWidth, video.videoHeight]);
    const size = [width, coded - stripRows(width)];
    const chart = table.sizes.find(({ width, height }) => width === size[0] && height === size[1]);
    if (!chart) throw new Error(`no patches for ${size.join("x")}`);
    const areas = chart.patches.map(({ name, rect }) => ({ name, rect: rect as [number, number, number, number] }));
    const wrong = async (): Promise<unknown[]> => {
      const frame = await readAreas(page, areas);
      expect(frame.format).toBe("I444P10");
      expect(frame.color).toEqual({ primaries: "bt709", transfer: "iec61966-2-1", matrix: "bt709", fullRange: false });
      return frame.areas.flatMap((area, index) => {
        const expected = bt1886ToSrgb(chart.patches[index]?.code_10bit as unknown as Codes);
        // Exact: the one code next to the unrounded value, all over the patch.
        const far = [0, 1, 2].filter((plane) => {
          const value = expected[plane] ?? 0;
          return Math.abs((area.low[plane] ?? 0) - value) > 0.51 || area.low[plane] !== area.high[plane];
        });
        return far.length ? [{ ...area, expected }] : [];
      });
    };
    // A few patches need some frames after the first (docs/measurements.md).
    await expect.poll(wrong, { timeout: 20_000, interval: 500 }).toEqual([]);
  });

  it("is encrypted with AES-256-GCM and says so", async () => {
    const facts = page.getByTestId("picture-facts");
    await expect.poll(() => facts.textContent(), { timeout: 10_000 }).toMatch(/10-bit 4:4:4/);
    const report = await transportStat(page, "transport", "srtpCipher");
    expect(report).toBe("SRTP_AEAD_AES_256_GCM");
  });
});

/** A figure of the running peer connection, of the picture where there are several. */
function transportStat(page: Page, type: string, key: string): Promise<unknown> {
  return page.evaluate(
    async ([type, key]) => {
      const peer = (globalThis as unknown as { peers: RTCPeerConnection[] }).peers.at(-1);
      const entries = [...((await peer?.getStats()) ?? new Map()).values()] as Record<string, unknown>[];
      return entries.find((entry) => entry["type"] === type && entry["kind"] !== "audio")?.[key ?? ""];
    },
    [type, key] as const,
  );
}

/** Real footage at 1280x720, as long as the test watches and a little more. */
function footage720(): string {
  const folder = process.env["VITRINE_FOOTAGE"];
  if (!folder) throw new Error("VITRINE_FOOTAGE is not set: run `make test`");
  const clip = joinPath(tmpdir(), "vitrine-720p.mp4");
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-stream_loop", "6", "-i", joinPath(folder, "bigbuckbunny.mp4"), "-t", "40",
    "-vf", "scale=1280:720", "-r", "24", "-an", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", clip,
  ]);
  return clip;
}

describe("real footage at 1280x720", () => {
  // Two: the browser beside the server takes about as much of the machine as a viewer's encode.
  const run = session("--media", footage720(), "--viewers", "2");
  const WINDOWS = 5;

  // Other work on the machine takes from any one window; the machine can do it if one of them holds the rate.
  it(`decodes at 95 % of the source's rate or more for ${WATCH_S} s`, { timeout: (WINDOWS + 2) * WATCH_S * 1000 }, async () => {
    const page = await watching(run.browser, run.server.client);
    const decoded = (): Promise<number> => transportStat(page, "inbound-rtp", "framesDecoded") as Promise<number>;
    const window = async (): Promise<number> => {
      const before = await decoded();
      await page.waitForTimeout(WATCH_S * 1000);
      return (await decoded()) - before;
    };
    await expect.poll(window, { timeout: (WINDOWS + 0.5) * WATCH_S * 1000 }).toBeGreaterThanOrEqual(0.95 * WATCH_S * 24);
    // 720 lines where the machine was measured to sustain them beside a browser, one step less on a slower one.
    expect([720 + 16, 540 + 16]).toContain(await transportStat(page, "inbound-rtp", "frameHeight"));
  });
});

/** Ten seconds of flat grey: whatever differs from it is the mark. */
function greyClip(): string {
  const clip = joinPath(tmpdir(), "vitrine-grey.mp4");
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "color=0x808080:s=640x360:r=25:d=10",
    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", clip,
  ]);
  return clip;
}

describe("the mark", () => {
  const run = session("--media", greyClip());

  it("is in every frame from the very first and differs between two viewers at once", async () => {
    const watchers = await Promise.all(
      [["Ana Lima", "ana@lima.test"], ["山田 健一", "kenichi.yamada@studio-north.example"]].map(async ([name = "", email = ""]) => {
        const invited = await run.server.invite(name, email);
        const page = await newPage(run.browser);
        await page.addInitScript(RECORD_FIRST_FRAMES);
        return { page, invited };
      }),
    );
    await Promise.all(
      watchers.map(async ({ page, invited }) => {
        await join(page, invited);
        await page.waitForFunction(() => (globalThis as unknown as { firstFrames: number[][] }).firstFrames.length >= 48, undefined, { timeout: 60_000 });
      }),
    );
    const masks = await Promise.all(
      watchers.map(({ page }) =>
        page.evaluate(() => {
          const frames = (globalThis as unknown as { firstFrames: number[][] }).firstFrames;
          return frames.map((luma) => {
            const flat = [...luma].sort((a, b) => a - b)[luma.length >> 1] ?? 0;
            return luma.flatMap((code, at) => (Math.abs(code - flat) > 20 ? [at] : []));
          });
        }),
      ),
    );
    for (const frames of masks) {
      for (const mask of frames) expect(mask.length, "marked samples in a frame").toBeGreaterThan(1_000);
    }
    const [ana, ken] = masks.map((frames) => new Set(frames[0]));
    const shared = [...(ana ?? [])].filter((at) => ken?.has(at)).length;
    expect(shared).toBeLessThan(0.9 * Math.min(ana?.size ?? 0, ken?.size ?? 0));
  });
});
