/** A ramp of every code through the whole way: no steps, no reversals. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { describe, expect, it } from "vitest";
import { askFor, join, newPage, untilPlaying } from "./support/browser.ts";
import { readMiddleRow } from "./support/planes.ts";
import { session } from "./support/session.ts";

/** Every format of 10 bits that is negotiated, with `VITRINE_ALL_RENDITIONS=1`; the reference otherwise. */
const FORMATS = process.env["VITRINE_ALL_RENDITIONS"] ? ["h264-high444-bits10", "vp9-profile3", "h264-high10"] : ["h264-high444-bits10"];

/** Every legal luma code from left to right, at a rate that any machine keeps up with. */
function rampClip(): string {
  const clip = joinPath(tmpdir(), "vitrine-ramp.mkv");
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i",
    "color=black:s=1920x1080:r=3:d=4,format=yuv444p10le,geq=lum='64+floor(X*877/1920)':cb=512:cr=512",
    "-c:v", "ffv1", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-colorspace", "bt709", "-color_range", "tv", clip,
  ]);
  return clip;
}

describe("a 10-bit ramp", () => {
  const ramp = session("--media", rampClip(), "--viewers", "1");

  it.each(FORMATS)("has at least 840 of 877 levels and at most 2 reversals in %s", async (format) => {
    const page = await newPage(ramp.browser);
    await askFor(page, format);
    await join(page, await ramp.server.invite(format, `${format}@example.test`));
    await untilPlaying(page);
    const steps = async (): Promise<{ levels: number; reversals: number }> => {
      const codes = await readMiddleRow(page);
      expect(codes.length).toBe(1920);
      const reversals = codes.filter((code, at) => at > 0 && code < (codes[at - 1] ?? 0)).length;
      return { levels: new Set(codes).size, reversals };
    };
    let seen = { levels: 0, reversals: 0 };
    const good = async (): Promise<boolean> => {
      seen = await steps();
      return seen.levels >= 840 && seen.reversals <= 2;
    };
    try {
      await expect.poll(good, { timeout: 20_000, interval: 1_000 }).toBe(true);
    } finally {
      await page.context().close();
      console.log(`ramp in ${format}: ${seen.levels} of 877 levels, ${seen.reversals} reversals`);
    }
  });
});
