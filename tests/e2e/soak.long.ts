/** Ten minutes, three viewers, 540p: memory flat after the first minute, nobody dropped. `make soak`.
 *
 * Three browsers share the machine with the server, so the rate they reach is told, not judged. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { launch, watching } from "./support/browser.ts";
import { Server } from "./support/server.ts";

const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 10);
const VIEWERS = 3;
/** Growth after the first minute that is still called flat. */
const FLAT_KB = 20_000;

function residentKb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]);
}

it(`serves ${VIEWERS} viewers at 540p for ${MINUTES} minutes`, async () => {
  const clip = join(process.env["TMPDIR"] ?? "/tmp", "vitrine-540p.mp4");
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=960x540:r=24:d=30", "-f", "lavfi",
    "-i", "sine=f=440:r=48000:d=30", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", clip,
  ]);
  const server = await Server.start(["--media", clip]);
  const browser = await launch();
  const pages: Page[] = [];
  for (let n = 0; n < VIEWERS; n++) {
    pages.push(await watching(browser, await server.invite(`Viewer ${n}`, `viewer${n}@example.test`)));
  }
  // Pictures decoded on the page's one connection; a page that had to connect again counts as dropped.
  const frames = (): Promise<number[]> =>
    Promise.all(
      pages.map((page) =>
        page.evaluate(async () => {
          const { peers } = globalThis as unknown as { peers: RTCPeerConnection[] };
          const entries = [...((await peers[0]?.getStats()) ?? new Map()).values()] as Record<string, unknown>[];
          const video = entries.find((entry) => entry["type"] === "inbound-rtp" && entry["kind"] === "video");
          return peers.length === 1 ? Number(video?.["framesDecoded"]) : NaN;
        }),
      ),
    );
  const rows: { minute: number; rssKb: number; frames: number[] }[] = [];
  for (let minute = 1; minute <= MINUTES; minute++) {
    await pages[0]?.waitForTimeout(60_000);
    rows.push({ minute, rssKb: residentKb(server.pid), frames: await frames() });
    console.log(JSON.stringify(rows.at(-1)));
  }
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) throw new Error("no rows");
  expect(last.rssKb - first.rssKb).toBeLessThan(FLAT_KB);
  for (let minute = 1; minute < rows.length; minute++) {
    for (let n = 0; n < VIEWERS; n++) {
      const played = (rows[minute]?.frames[n] ?? NaN) - (rows[minute - 1]?.frames[n] ?? NaN);
      expect(played, `viewer ${n} in minute ${minute + 1}`).toBeGreaterThan(60);
    }
  }
  await browser.close();
  await server.stop();
});
