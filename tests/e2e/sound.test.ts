/** Sound comes with the picture it belongs to. */
import { afterEach, expect, it } from "vitest";
import { launch, watching } from "./support/browser.ts";
import { claps } from "./support/lipsync.ts";
import { Server } from "./support/server.ts";

const CLAPS = 5;
/** One frame of the reel. A viewer begins to notice sound that is 45 ms early or 125 ms late (ITU-R BT.1359-1). */
const FRAME_MS = 1001 / 24;

let server: Server | undefined;
afterEach(async () => server?.stop());

it("plays the beep within a frame of the flash", { timeout: 150_000 }, async () => {
  server = await Server.start();
  const browser = await launch();
  const page = await watching(browser, server.client);
  // The browser brings sound and picture together over the first seconds, later on a machine that is busy.
  const median = async (): Promise<number> => {
    const late = (await claps(page, CLAPS)).map(({ flash, beep }) => beep - flash).sort((a, b) => a - b);
    console.info(`beep after flash, ms: ${late.map(Math.round).join(" ")}`);
    return late.length < 3 ? Infinity : Math.abs(late[Math.floor(late.length / 2)] ?? Infinity);
  };
  await expect.poll(median, { timeout: 90_000 }).toBeLessThan(FRAME_MS);
  await browser.close();
});
