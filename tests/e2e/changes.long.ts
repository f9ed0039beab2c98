/** Two hundred switches of the source and two hundred looks while three people watch: nobody connects again, every frame is
 * wholly of one source and one look, and tagged as it should be; memory stays flat. `make soak`. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { launch, newPage, signIn, watching } from "./support/browser.ts";
import { readAreas, type FrameCodes } from "./support/planes.ts";
import { Server } from "./support/server.ts";

const CHANGES = Number(process.env["CHANGES"] ?? 200);
const VIEWERS = 3;
const FLAT_KB = 30_000;
/** Codes of 10 bits by which a flat picture may differ from itself once encoded. */
const NOISE = 12;
/** Bands of the picture that no visible mark lies in, as parts of its height. */
const BANDS = [0.22, 0.5, 0.78];

/** A flat grey, so that one look at three places says whether a frame is all of one piece. */
function grey(level: number): string {
  const clip = join(tmpdir(), `vitrine-grey-${level}.mp4`);
  const color = `color=c=0x${level.toString(16).repeat(3)}:s=640x360:r=25:d=20`;
  execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", color, "-c:v", "libx264", "-pix_fmt", "yuv420p", clip]);
  return clip;
}

const residentKb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** A request as the console page makes it. */
const ask = <T>(desk: Page, method: string, path: string, body?: unknown): Promise<T> =>
  desk.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(String(path), { method: String(method), headers: { "Content-Type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json() as Promise<unknown>;
    },
    [method, path, body],
  ) as Promise<T>;

/** What is wrong with a frame; null when nothing is. */
function fault({ color, areas }: FrameCodes): string | null {
  const { primaries, transfer, matrix, fullRange } = color;
  if (primaries !== "bt709" || transfer !== "iec61966-2-1" || matrix !== "bt709" || fullRange !== false) return `tags ${JSON.stringify(color)}`;
  const low = Math.min(...areas.map(({ low: [luma] }) => luma));
  const high = Math.max(...areas.map(({ high: [luma] }) => luma));
  return high - low > NOISE ? `luma from ${low} to ${high}` : null;
}

async function look(page: Page): Promise<string | null> {
  const { width, height } = await page.getByTestId("program").evaluate((video) => ({ width: (video as HTMLVideoElement).videoWidth, height: (video as HTMLVideoElement).videoHeight }));
  const even = (value: number): number => Math.round(value / 2) * 2;
  const areas = BANDS.map((band) => ({ name: String(band), rect: [even(width * 0.3), even(height * band), even(width * 0.4), 4] as [number, number, number, number] }));
  return fault(await readAreas(page, areas));
}

it(`survives ${CHANGES} switches and ${CHANGES} looks with ${VIEWERS} viewers`, { timeout: 3_600_000 }, async () => {
  const server = await Server.start(["--media", grey(0x55)]);
  const browser = await launch();
  const desk = await newPage(browser);
  await signIn(desk, server);
  const review = await server.review();
  interface Listed { sources: { id: string }[] }
  const { sources } = await ask<Listed>(desk, "POST", `/api/reviews/${review}/sources`, { name: "other", source: { kind: "file", path: grey(0xaa) } });
  const pages: Page[] = [];
  for (let n = 0; n < VIEWERS; n++) pages.push(await watching(browser, await server.invite(`Viewer ${n}`, `viewer${n}@example.test`)));
  const faults: string[] = [];
  const memory: number[] = [];
  for (let n = 0; n < CHANGES; n++) {
    await ask(desk, "POST", `/api/reviews/${review}/sources/${sources[n % 2 === 0 ? 1 : 0]?.id}/show`);
    faults.push(...(await Promise.all(pages.map(look))).filter((found) => found !== null));
    const slope = [0.7, 1, 1.2][n % 3] ?? 1;
    const cdl = { slope: [slope, slope, slope], offset: [0, 0, 0], power: [1, 1, 1], saturation: 1 };
    await ask(desk, "PATCH", `/api/reviews/${review}/look`, { grade: { cdl } });
    faults.push(...(await Promise.all(pages.map(look))).filter((found) => found !== null));
    memory.push(residentKb(server.pid));
  }
  const peers = await Promise.all(pages.map((page) => page.evaluate(() => (globalThis as unknown as { peers: unknown[] }).peers.length)));
  const quarter = memory[Math.floor(CHANGES / 4)] ?? NaN;
  const end = memory.at(-1) ?? NaN;
  console.log(`${2 * CHANGES} changes, ${2 * CHANGES * VIEWERS} frames looked at, ${faults.length} wrong, peers ${peers.join(" ")}, ${quarter} kB after a quarter, ${end} kB at the end`);
  expect(faults).toEqual([]);
  expect(peers).toEqual(pages.map(() => 1));
  expect(end - quarter).toBeLessThan(FLAT_KB);
  await browser.close();
  await server.stop();
});
